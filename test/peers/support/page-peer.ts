import { beforeAll, expect, test } from 'vitest'
import type { BrowserPage } from '../../../runtimes/browser.ts'
import { node } from '../../../src/node/index.ts'
import { poly } from '../../../src/routing/poly.ts'
import { serve } from '../../../src/serving/engine.ts'
import { testClientPeer } from '../../support/peers/client-suite.ts'
import type { Closing, Content, PeerSocket } from '../../support/peers/peer.ts'
import { antiphon, echoing } from '../../support/program.ts'
import { type BrowserName, useBrowser } from './browsers.ts'

/** What the page keeps of one socket. */
interface PageSocket {
  readonly socket: WebSocket
  next(): Promise<string | Blob>
  readonly closed: Promise<Closing>
}

/** Where the page keeps them. */
declare global {
  var sockets: PageSocket[] | undefined
}

/** Talks to `antiphon echo` with a browser's own `WebSocket`. */
export function testPagePeer(name: BrowserName): void {
  const open = useBrowser(name)
  const post = postOffice()
  let page: BrowserPage

  beforeAll(async () => {
    // Only a page of the local network may connect to it.
    const server = await serve(poly({ http: post.answer }), node())
    page = await open(server.url)
    return () => server.stop()
  })

  testClientPeer({
    name,
    async open(url, protocols = []) {
      const { at, ...agreed } = await page.evaluate(openInPage, url, protocols)
      const closed = page.evaluate((at) => globalThis.sockets![at]!.closed, at)
      return { ...agreed, closed, ...talk(page, post, at) }
    },
  })

  test(`${name} may connect from the origins that --origin names, and from no other`, async () => {
    const origin = await page.evaluate(() => location.origin)
    const opens = (url: string): Promise<boolean> =>
      page.evaluate(openInPage, url, []).then(
        () => true,
        () => false,
      )
    await using ours = await echoing(antiphon('echo', '--origin', origin))
    expect(await opens(ours.url)).toBe(true)
    await using others = await echoing(antiphon('echo', '--origin', 'https://example.org'))
    expect(await opens(others.url)).toBe(false)
  })
}

/** How long a text may be that goes with a command. */
const SHORT = 1_000

function talk(
  page: BrowserPage,
  post: PostOffice,
  at: number,
): Pick<PeerSocket, 'send' | 'receive' | 'close'> {
  return {
    send(content) {
      const short = typeof content === 'string' && content.length <= SHORT ? content : null
      if (short === null) post.content = content
      return page.evaluate(sendInPage, at, short)
    },
    async receive() {
      return (await page.evaluate(receiveInPage, at, SHORT)) ?? post.content
    },
    close(code, reason) {
      const given = [code, reason].filter((each) => each !== undefined)
      return page.evaluate(closeInPage, at, given)
    },
  }
}

/** Serves a blank page, and passes on what is too much for a command, for which a browser would take very long. */
interface PostOffice {
  /** What the page fetches next, or has posted. */
  content: Content
  answer(request: Request): Promise<Response>
}

function postOffice(): PostOffice {
  const office: PostOffice = {
    content: '',
    async answer(request) {
      if (new URL(request.url).pathname !== '/post') {
        return new Response('', { headers: { 'Content-Type': 'text/html' } })
      }
      if (request.method !== 'POST') return new Response(office.content as BodyInit)
      const isText = request.headers.has('Content-Type')
      office.content = isText ? await request.text() : new Uint8Array(await request.arrayBuffer())
      return new Response()
    },
  }
  return office
}

// These run in the page.

async function sendInPage(at: number, short: string | null): Promise<void> {
  const { socket } = globalThis.sockets![at]!
  if (short === null) {
    const content = await fetch('/post')
    const isText = content.headers.get('Content-Type')?.startsWith('text/') === true
    socket.send(isText ? await content.text() : await content.arrayBuffer())
  } else {
    socket.send(short)
  }
}

async function receiveInPage(at: number, short: number): Promise<string | null> {
  const content = await globalThis.sockets![at]!.next()
  if (typeof content === 'string' && content.length <= short) return content
  await fetch('/post', { method: 'POST', body: content })
  return null
}

function closeInPage(at: number, given: readonly (number | string)[]): void {
  // JSON has no `undefined`: what is not given is left out.
  globalThis.sockets![at]!.socket.close(...(given as [number, string]))
}

interface Opened extends Pick<PeerSocket, 'protocol' | 'extensions'> {
  /** Its place among the sockets of the page. */
  readonly at: number
}

function openInPage(url: string, protocols: readonly string[]): Promise<Opened> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, [...protocols])
    const messages: (string | Blob)[] = []
    let wake = (): void => {}
    socket.onmessage = ({ data }) => {
      messages.push(data)
      wake()
    }
    const closed = new Promise<Closing>((ended) => {
      socket.onclose = ({ code, reason }) => {
        ended({ code, reason })
        wake()
      }
    })
    const next: PageSocket['next'] = async () => {
      for (;;) {
        const message = messages.shift()
        if (message !== undefined) return message
        if (socket.readyState === WebSocket.CLOSED) throw new Error('closed')
        await new Promise<void>((resume) => {
          wake = resume
        })
      }
    }
    socket.onerror = () => reject(new Error('the WebSocket failed'))
    socket.onopen = () => {
      globalThis.sockets ??= []
      const at = globalThis.sockets.push({ socket, next, closed }) - 1
      resolve({ at, protocol: socket.protocol, extensions: socket.extensions })
    }
  })
}
