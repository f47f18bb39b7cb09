import { readFile } from 'node:fs/promises'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { BrowserPage } from '../../runtimes/browser.ts'
import type * as Client from '../../src/client/index.ts'
import { node } from '../../src/node/index.ts'
import { bind } from '../../src/routing/bind.ts'
import { routes } from '../../src/routing/http-router.ts'
import { poly } from '../../src/routing/poly.ts'
import { webSocket } from '../../src/routing/session-routes.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { serve } from '../../src/serving/engine.ts'
import { accept } from '../../src/websocket/accept.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'
import { BROWSERS, useBrowser } from './support/browsers.ts'

const PACKAGE = new URL('../../', import.meta.url)
const CLIENT = '/dist/client/index.js'

/** Where the page finds the module, once it has loaded it. */
declare global {
  var antiphon: typeof Client
}

/** The ends that the server saw, in order. */
const ends: string[] = []

/** How many connections to `/drops` there were. */
let drops = 0

const app = poly(
  routes(
    bind('/', () => {
      const head = '<!doctype html><title>antiphon</title><link rel="icon" href="data:,">'
      const script = `import * as antiphon from '${CLIENT}'; globalThis.antiphon = antiphon`
      const html = `${head}<script type="module">${script}</script>`
      return new Response(html, { headers: { 'Content-Type': 'text/html' } })
    }),
    bind('/dist/*', async ({ path }) => {
      const text = await readFile(new URL(`.${path}`, PACKAGE), 'utf8')
      return new Response(text, { headers: { 'Content-Type': 'text/javascript' } })
    }),
  ),
  websockets(
    bind('/echo', () =>
      accept(
        (socket) => {
          socket.onMessage((message) => socket.send(message))
          socket.onClose(({ code, message }) => ends.push(`${code} ${message}`.trimEnd()))
        },
        { protocol: 'echo' },
      ),
    ),
    bind('/away', () => (socket) => {
      socket.send('one')
      socket.send('two')
      socket.close(WsStatus.GOING_AWAY)
    }),
    bind('/policy', () => (socket) => socket.close(WsStatus.POLICY_VALIDATION)),
    bind('/drops', () => (socket) => {
      drops++
      socket.onMessage((message) => {
        socket.send(`${drops} ${message.text()}`)
        if (drops < 3) socket.terminate()
      })
    }),
    bind('/flood', () => (socket) => {
      for (let i = 0; i < 600; i++) socket.send(String(i))
    }),
    webSocket('/session', async (session) => {
      for await (const frame of session.incoming) await session.send(frame)
    }),
  ),
)

describe.each(BROWSERS)('the client in a page of %s', (name) => {
  const open = useBrowser(name)
  let page: BrowserPage
  let url: string

  beforeAll(async () => {
    const server = await serve(app, node())
    url = server.url.replace('http', 'ws')
    page = await open(server.url)
    return () => server.stop()
  })

  afterEach(() => {
    ends.length = 0
  })

  const serverSaw = (end: string): Promise<void> =>
    expect.poll(() => ends, { timeout: 10_000 }).toEqual([end])

  test('sends and receives text and bytes, and closes with its own code', async () => {
    const seen = await page.evaluate(async (to) => {
      const { connect, CloseReason } = globalThis.antiphon
      const client = connect(`${to}/echo`, { protocols: ['other', 'echo'] })
      client.send('held \u{1f600}')
      const { protocol } = await client.opened
      client.send('')
      client.send(Uint8Array.of(0, 1, 0xff))
      const received: string[] = []
      for await (const message of client.received()) {
        const content = message.mode === 'text' ? message.text() : message.bytes().join()
        if (received.push(`${message.mode} ${content}`) === 3) break
      }
      client.close(new CloseReason(4321, 'done'))
      const { code, message } = await client.closed
      return { protocol, received, end: `${code} ${message}` }
    }, url)
    expect(seen).toEqual({
      protocol: 'echo',
      received: ['text held \u{1f600}', 'text ', 'binary 0,1,255'],
      end: '4321 done',
    })
    await serverSaw('4321 done')
  })

  test('sends a megabyte and gets it back', async () => {
    const same = await page.evaluate(async (to) => {
      const client = globalThis.antiphon.connect(`${to}/echo`, { protocols: 'echo' })
      const sent = Uint8Array.from({ length: 1024 * 1024 }, (_, index) => index * 31)
      const socket = await client.opened
      client.send(sent)
      await socket.drained()
      await socket.link.flush?.()
      for await (const message of client.received()) {
        client.close()
        const bytes = message.bytes()
        return socket.bufferedAmount === 0 && bytes.every((byte, index) => byte === sent[index])
      }
      return false
    }, url)
    expect(same).toBe(true)
    await serverSaw('1000')
  })

  test('throws for the codes that the browser does not send', async () => {
    const thrown = await page.evaluate(async (to) => {
      const { connect, CloseReason } = globalThis.antiphon
      const client = connect(`${to}/echo`, { protocols: 'echo' })
      const names: string[] = []
      for (const code of [1001, 1011, 2999, 5000]) {
        await client.opened
        try {
          client.close(new CloseReason(code))
        } catch (error) {
          names.push(error instanceof RangeError ? error.name : String(error))
        }
      }
      client.terminate()
      const { code } = await client.closed
      return [...names, code]
    }, url)
    expect(thrown).toEqual(['RangeError', 'RangeError', 'RangeError', 'RangeError', 1006])
    await serverSaw('1005')
  })

  test('ends its loop in silence when the server goes away, and throws for other ends', async () => {
    const seen = await page.evaluate(async (to) => {
      const { connect, WebSocketClosedException } = globalThis.antiphon
      const texts: string[] = []
      for await (const message of connect(`${to}/away`).received()) texts.push(message.text())
      try {
        for await (const message of connect(`${to}/policy`).received()) texts.push(message.text())
      } catch (error) {
        if (error instanceof WebSocketClosedException) texts.push(String(error.reason.code))
      }
      return texts
    }, url)
    expect(seen).toEqual(['one', 'two', '1008'])
  })

  test('closes with 4013 on more than anybody takes', async () => {
    const code = await page.evaluate(async (to) => {
      return (await globalThis.antiphon.connect(`${to}/flood`).closed).code
    }, url)
    expect(code).toBe(4013)
  })

  test('tells of a failure to connect, a timeout and an abort', async () => {
    const stages = await page.evaluate(async (to) => {
      const { connect, WebSocketConnectException } = globalThis.antiphon
      const stageOf = async (client: Client.WsClient): Promise<string> => {
        const error: unknown = await client.opened.catch((reason: unknown) => reason)
        return error instanceof WebSocketConnectException ? error.stage : String(error)
      }
      return [
        await stageOf(connect(`${to}/nowhere`)),
        await stageOf(connect(`${to}/echo`, { timeout: 0 })),
        await stageOf(connect(`${to}/echo`, { signal: AbortSignal.abort() })),
      ]
    }, url)
    expect(stages).toEqual(['unknown', 'timeout', 'aborted'])
  })

  test('reconnects when its connection is lost, and at once when the network is back', async () => {
    drops = 0
    const seen = await page.evaluate(async (to) => {
      const { connect, reconnecting } = globalThis.antiphon
      const seen: (string | number)[] = []
      const client = reconnecting(() => connect(`${to}/drops`), {
        onOpen: (connection) => connection.send('subscribe'),
        delay: ({ failures }) => (failures === 1 ? 10 : 2 ** 30),
        onDown({ status, failures }) {
          seen.push(status.code)
          if (failures === 2) dispatchEvent(new Event('online'))
        },
      })
      for await (const message of client.received()) {
        seen.push(message.text())
        if (message.text().startsWith('3')) client.close()
      }
      return [...seen, (await client.closed).code]
    }, url)
    expect(seen).toEqual(['1 subscribe', 1006, '2 subscribe', 1006, '3 subscribe', 1000])
  })

  test('opens one session after another when connections are lost, and at once when the network is back', async () => {
    drops = 0
    const seen = await page.evaluate(async (to) => {
      const { reconnectingSessions, SessionClient } = globalThis.antiphon
      const seen: (string | number)[] = []
      const client = new SessionClient()
      const sessions = reconnectingSessions(() => client.webSocketSession(`${to}/drops`), {
        delay: ({ failures }) => (failures === 1 ? 10 : 2 ** 30),
        onDown({ status, failures }) {
          seen.push(status.code)
          if (failures === 2) dispatchEvent(new Event('online'))
        },
      })
      for await (const session of sessions) {
        await session.send('subscribe')
        for await (const frame of session.incoming) {
          if (frame.type === 'text') seen.push(frame.readText())
          if (seen.length === 5) await session.close()
        }
      }
      return seen
    }, url)
    expect(seen).toEqual(['1 subscribe', 1006, '2 subscribe', 1006, '3 subscribe'])
  })

  test('opens a socket with a consumer, and closes it with 4011 for a fault', async () => {
    const seen = await page.evaluate(async (to) => {
      const faults: string[] = []
      const onError = (error: Error): unknown => faults.push(error.message)
      const options = { protocols: 'echo', onError }
      const code = await new Promise<number>((resolve) => {
        const socket = globalThis.antiphon.open(`${to}/echo`, options, (inner) => {
          inner.onMessage(() => Promise.reject(new Error('a fault')))
        })
        socket.send('a')
        socket.onClose((status) => resolve(status.code))
      })
      return { code, faults }
    }, url)
    expect(seen).toEqual({ code: 4011, faults: ['a fault'] })
    await serverSaw('4011 Internal error')
  })

  test('a session sends and receives in a loop', async () => {
    const seen = await page.evaluate(async (to) => {
      const client = new globalThis.antiphon.SessionClient()
      return await client.webSocket(`${to}/session`, async (session) => {
        const sizes: (string | number)[] = []
        await session.send('text')
        await session.send(new Uint8Array(300_000))
        for await (const frame of session.incoming) {
          sizes.push(frame.type === 'text' ? frame.readText() : frame.data.length)
          if (sizes.length === 2) break
        }
        const { clean, reason } = await session.close()
        return { sizes, clean, code: reason.code }
      })
    }, url)
    expect(seen).toEqual({ sizes: ['text', 300_000], clean: true, code: 1000 })
  })

  test('the modules of the page are those of the client, and none of the server', async () => {
    const loaded = await page.evaluate(() =>
      performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname),
    )
    const rooms = new Set(loaded.map((path) => path.split('/')[2]))
    expect(loaded).toContain(CLIENT)
    for (const room of ['node', 'serving', 'routing', 'testing', 'cli']) {
      expect([...rooms]).not.toContain(room)
    }
    // The browser itself says what could not be reached, in the test of failures.
    expect(page.errors.filter((error) => !error.includes('ws://'))).toEqual([])
  })
})
