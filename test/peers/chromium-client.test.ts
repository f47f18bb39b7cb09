import type { JSHandle, Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { node } from '../../src/node/index.ts'
import { poly } from '../../src/routing/poly.ts'
import { serve } from '../../src/serving/engine.ts'
import { testClientPeer } from '../support/peers/client-suite.ts'
import type { Closing, Content, PeerSocket } from '../support/peers/peer.ts'
import { antiphon, echoing } from '../support/program.ts'
import { useChromium } from './support/chromium.ts'

/** What the page keeps of one socket. Bytes go to and fro as data URLs. */
interface PageSocket {
  readonly socket: WebSocket
  next(): Promise<string | { readonly dataUrl: string }>
  readonly closed: Promise<Closing>
}

const open = useChromium()
let page: Page

beforeAll(async () => {
  // Only a page of the local network may connect to it.
  const blank = () => new Response('', { headers: { 'Content-Type': 'text/html' } })
  const server = await serve(poly({ http: blank }), node())
  // The certificate of the tests is not in the browser's store.
  page = (await open(server.url, { ignoreHTTPSErrors: true })).page
  return () => server.stop()
})

testClientPeer({
  name: 'Chromium',
  async open(url, protocols = []) {
    const handle = await page.evaluateHandle(openInPage, [url, protocols] as const)
    const { protocol, extensions } = await handle.evaluate(({ socket }) => ({
      protocol: socket.protocol,
      extensions: socket.extensions,
    }))
    return new ChromiumSocket(handle, protocol, extensions)
  },
})

test('Chromium may connect from the origins that --origin names, and from no other', async () => {
  const origin = await page.evaluate(() => location.origin)
  const opens = (url: string): Promise<boolean> =>
    page.evaluate(openInPage, [url, []] as const).then(
      () => true,
      () => false,
    )
  await using ours = await echoing(antiphon('echo', '--origin', origin))
  expect(await opens(ours.url)).toBe(true)
  await using others = await echoing(antiphon('echo', '--origin', 'https://example.org'))
  expect(await opens(others.url)).toBe(false)
})

class ChromiumSocket implements PeerSocket {
  readonly protocol: string
  readonly extensions: string
  readonly #handle: JSHandle<PageSocket>

  constructor(handle: JSHandle<PageSocket>, protocol: string, extensions: string) {
    this.#handle = handle
    this.protocol = protocol
    this.extensions = extensions
  }

  get closed(): Promise<Closing> {
    return this.#handle.evaluate(({ closed }) => closed)
  }

  async send(content: Content): Promise<void> {
    if (typeof content === 'string') {
      await this.#handle.evaluate(({ socket }, text) => socket.send(text), content)
      return
    }
    const dataUrl = `data:;base64,${Buffer.from(content).toString('base64')}`
    await this.#handle.evaluate(async ({ socket }, url) => {
      socket.send(await (await fetch(url)).arrayBuffer())
    }, dataUrl)
  }

  async receive(): Promise<Content> {
    const received = await this.#handle.evaluate((peer) => peer.next())
    if (typeof received === 'string') return received
    const encoded = received.dataUrl.slice(received.dataUrl.indexOf(',') + 1)
    return Uint8Array.from(Buffer.from(encoded, 'base64'))
  }

  async close(code?: number, reason?: string): Promise<void> {
    await this.#handle.evaluate(({ socket }, [code, reason]) => socket.close(code, reason), [
      code,
      reason,
    ] as const)
  }
}

/** Runs in the page. */
function openInPage([url, protocols]: readonly [string, readonly string[]]): Promise<PageSocket> {
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
    const dataUrlOf = (blob: Blob): Promise<{ dataUrl: string }> =>
      new Promise((read) => {
        const reader = new FileReader()
        // `readAsDataURL` makes a string.
        reader.onload = () => read({ dataUrl: reader.result as string })
        reader.readAsDataURL(blob)
      })
    const next: PageSocket['next'] = async () => {
      for (;;) {
        const message = messages.shift()
        if (message !== undefined) {
          return typeof message === 'string' ? message : dataUrlOf(message)
        }
        if (socket.readyState === WebSocket.CLOSED) throw new Error('closed')
        await new Promise<void>((resume) => {
          wake = resume
        })
      }
    }
    socket.onerror = () => reject(new Error('the WebSocket failed'))
    socket.onopen = () => resolve({ socket, next, closed })
  })
}
