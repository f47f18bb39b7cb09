import { describe, expect, test, vi } from 'vitest'
import { record } from '../../../src/filters/record.ts'
import type { MessageEntry, TrafficEntry } from '../../../src/filters/traffic-entry.ts'
import { Header } from '../../../src/lens/header.ts'
import { Frame } from '../../../src/protocol/frame/frame.ts'
import { bind } from '../../../src/routing/bind.ts'
import { webSocket, webSocketRaw } from '../../../src/routing/session-routes.ts'
import { type WsRouter, websockets } from '../../../src/routing/ws-router.ts'
import {
  type OfflineOptions,
  type ReplayDifference,
  readCassette,
  replay,
  testWsClient,
  VirtualClock,
} from '../../../src/testing/index.ts'
import type { WsClient } from '../../../src/websocket/client/ws-client.ts'
import type { FrameSocket } from '../../../src/websocket/frame-socket.ts'
import type { Clock } from '../../../src/websocket/support/clock.ts'
import type { Websocket } from '../../../src/websocket/websocket.ts'
import type { WsHandler } from '../../../src/websocket/ws-handler.ts'
import { WsStatus } from '../../../src/websocket/ws-status.ts'

/** Everybody in the room hears what one of them says. */
function room(greeting = 'welcome'): WsHandler {
  const sockets = new Set<Websocket>()
  return () => (socket) => {
    sockets.add(socket)
    socket.send(greeting)
    socket.onClose(() => sockets.delete(socket))
    socket.onMessage((message) => {
      if (message.text() === 'fail') throw new Error('as asked')
      if (message.text() === 'leave') socket.close(WsStatus.GOING_AWAY)
      for (const other of sockets) other.send(message)
    })
  }
}

/** What is recorded of an application while clients use it. */
async function recording(
  app: WsHandler,
  use: (connect: (options?: OfflineOptions) => WsClient) => unknown,
  clock?: Clock,
): Promise<TrafficEntry[]> {
  const entries: TrafficEntry[] = []
  const filter = record((entry) => entries.push(entry), clock && { clock })
  const recorded = websockets(bind('/*', app)).withFilter(filter)
  const webSockets = { onError() {} }
  await use((options) => testWsClient(recorded, '/', { webSockets, ...options }))
  return readCassette(entries.map((entry) => JSON.stringify(entry)).join('\n'))
}

const quiet = { webSockets: { onError() {} } }

/** Says no more than its greeting. */
const silent: WsHandler = () => (socket) => {
  socket.send('welcome')
  socket.onMessage(() => {})
}

/** In short: what was recorded, and what happened. */
function short(differences: readonly ReplayDifference[]): unknown[] {
  const show = (entry: TrafficEntry | undefined): string => {
    if (entry === undefined) return 'nothing'
    if (entry.kind === 'message') return `${entry.direction} ${entry.text ?? entry.base64}`
    if (entry.kind === 'close') return `close ${entry.direction ?? '?'} ${entry.code}`
    return entry.kind === 'error' ? `error ${entry.message}` : `open '${entry.protocol}'`
  }
  return differences.map(
    ({ connection, recorded, replayed }) =>
      `${connection}: ${show(recorded)}, now ${show(replayed)}`,
  )
}

describe('replay', () => {
  test('finds no difference where the application does the same', async () => {
    const entries = await recording(room(), (connect) => {
      const [ann, ben] = [connect(), connect()]
      ann.send('hello')
      ben.send(Uint8Array.of(0, 1))
      ann.send('leave')
      ben.send('fail')
      connect().terminate()
      const eve = connect()
      eve.close(WsStatus.POLICY_VALIDATION.description('enough'))
    })
    expect(entries.map(({ kind }) => kind)).toContain('error')
    expect(await replay(entries, room(), quiet)).toEqual([])
  })

  test('finds what is said otherwise', async () => {
    const entries = await recording(room(), (connect) => connect().close())
    expect(short(await replay(entries, room('go away')))).toEqual([
      '1: out welcome, now out go away',
    ])
  })

  test('finds what is missing, and waits for the next one half as long', async () => {
    const entries = await recording(room(), (connect) => {
      const client = connect()
      client.send('one')
      client.send('two')
    })
    vi.useFakeTimers()
    // Patience keeps the timers that it was loaded with.
    vi.resetModules()
    try {
      const { replay } = await import('../../../src/testing/replay/replay.ts')
      const ended = vi.fn()
      void replay(entries, silent, { within: 40 }).then((found) => ended(short(found)))
      await vi.advanceTimersByTimeAsync(40 + 20)
      expect(ended).not.toHaveBeenCalled()
      // The last one is a turn for what comes unasked.
      await vi.advanceTimersByTimeAsync(1)
      const missing = ['1: out one, now nothing', '1: out two, now nothing']
      expect(ended).toHaveBeenCalledExactlyOnceWith(missing)
      const many = [...entries, ...Array.from({ length: 300 }, () => entries.at(-1)!)]
      const allEnded = vi.fn()
      void replay(many, silent, { within: 1_000 }).then((found) => allEnded(found.length))
      // Each gets a turn, but none is waited for again in full.
      await vi.advanceTimersByTimeAsync(2 * 1_000 + 2 * 300)
      expect(allEnded).toHaveBeenCalledExactlyOnceWith(302)
    } finally {
      vi.useRealTimers()
      // Other files are not to get what was loaded with fakes.
      vi.resetModules()
    }
  })

  test('goes on with the rest after one that is missing, and after one that is more', async () => {
    const words = ['one', 'two', 'three', 'four', 'five']
    const entries = await recording(room(), (connect) => {
      const client = connect()
      for (const word of words) client.send(word)
      client.close()
    })
    const careless: WsHandler = () => (socket) => {
      socket.send('welcome')
      socket.onMessage((message) => {
        if (message.text() === 'four') socket.send('pardon?')
        if (message.text() !== 'two') socket.send(message)
      })
    }
    expect(short(await replay(entries, careless, { within: 1 }))).toEqual([
      '1: out two, now nothing',
      '1: nothing, now out pardon?',
    ])
  })

  test('finds what is said before a close, and the same close after it', async () => {
    const entries = await recording(room(), (connect) => connect().send('leave'))
    const polite: WsHandler = () => (socket) => {
      socket.send('welcome')
      socket.onMessage(async () => {
        socket.send('farewell')
        await Promise.resolve()
        socket.close(WsStatus.GOING_AWAY)
      })
    }
    expect(short(await replay(entries, polite, { within: 1_000 }))).toEqual([
      '1: nothing, now out farewell',
    ])
  })

  test('finds what is more', async () => {
    const entries = await recording(room(), (connect) => connect().send('hello'))
    const chatty: WsHandler = (request) => (socket) => {
      const consume = room()(request)
      if (typeof consume === 'function') consume(socket)
      socket.onMessage(async (message) => {
        await Promise.resolve()
        socket.send(`${message.text()}!`)
      })
    }
    expect(short(await replay(entries, chatty))).toEqual(['1: nothing, now out hello!'])
  })

  test('finds another end, another fault and another subprotocol', async () => {
    const entries = await recording(room(), (connect) => {
      connect().send('leave')
      connect().send('fail')
    })
    const other: WsHandler = () => (socket) => {
      socket.send('welcome')
      socket.onMessage((message) => {
        if (message.text() === 'leave') socket.close(WsStatus.REFUSE)
        else throw new Error('by accident')
      })
    }
    const [open, ...rest] = entries
    const changed = [{ ...open, protocol: 'v1' } as TrafficEntry, ...rest]
    expect(short(await replay(changed, other, quiet))).toEqual([
      "1: open 'v1', now open ''",
      '1: close out 1001, now close out 1003',
      '2: error as asked, now error by accident',
    ])
  })

  test('finds no difference where a session fails again', async () => {
    const app = websockets(
      webSocket('/', async ({ incoming }) => {
        await incoming.receive()
        throw new Error('as ever')
      }),
    )
    const entries: TrafficEntry[] = []
    const recorded = app.withFilter(record((entry) => entries.push(entry)))
    await new Promise((resolve) => {
      testWsClient(recorded, '/', { webSockets: { onError: resolve } }).send('go')
    })
    expect(entries.map(({ kind }) => kind)).toEqual(['open', 'message', 'close', 'error'])
    expect(await replay(entries, app, quiet)).toEqual([])
  })

  test('tells of a connection that does not open any more, and goes on with the others', async () => {
    const entries = await recording(room(), (connect) => {
      connect({ headers: { 'x-who': 'ann' } }).send('hello')
      connect().send('hi')
    })
    const strict: WsHandler = (request) =>
      request.header('x-who') === null ? room()(request) : new Response('no', { status: 403 })
    const differences = await replay(entries, strict)
    expect(short(differences)).toEqual(["1: open '', now nothing"])
    expect(differences[0]?.error).toMatchObject({ status: 403 })
  })

  test('puts back what the recording hides', async () => {
    const secured: WsHandler = (request) =>
      request.header('authorization') === 'Bearer test'
        ? (socket) => socket.send(request.header('x-who') ?? 'nobody')
        : new Response('who?', { status: 401 })
    const headers = { authorization: 'Bearer test', 'x-who': 'ann' }
    const entries = await recording(secured, (connect) => connect({ headers }).close())
    expect(await replay(entries, secured)).toHaveLength(1)
    const token = Header.string().required('authorization')
    expect(await replay(entries, secured, { request: token.create('Bearer test') })).toEqual([])
  })

  test('has the address of the peer that is given, which no recording tells', async () => {
    const app: WsHandler = (request) => (socket) => socket.send(`${request.remoteAddress}`)
    const remoteAddress = '192.0.2.7'
    const entries = await recording(app, (connect) => connect({ remoteAddress }).close())
    expect(await replay(entries, app, { remoteAddress })).toEqual([])
    expect(short(await replay(entries, app))).toEqual(['1: out 192.0.2.7, now out undefined'])
  })

  test('waits for what comes later', async () => {
    const slow: WsHandler = async () => async (socket) => {
      await new Promise((resolve) => setTimeout(resolve, 1))
      socket.onMessage(async (message) => {
        await new Promise((resolve) => setTimeout(resolve, 1))
        socket.send(message)
      })
    }
    const entries = await recording(slow, async (connect) => {
      const client = connect()
      client.send('a')
      for await (const _ of client.received()) client.close()
    })
    expect(entries).toHaveLength(4)
    expect(await replay(entries, slow)).toEqual([])
  })

  test('lets time pass on a virtual clock as it did', async () => {
    const ticking =
      (clock: Clock): WsHandler =>
      () =>
      (socket) => {
        const tick = (): void => {
          socket.send(`${clock.now()}`)
          stop = clock.after(10, tick)
        }
        let stop = clock.after(10, tick)
        socket.onClose(() => stop())
      }
    const then = new VirtualClock()
    const entries = await recording(
      ticking(then),
      (connect) => {
        const client = connect()
        then.advance(35)
        client.close()
      },
      then,
    )
    const clock = new VirtualClock()
    expect(await replay(entries, ticking(clock), { clock })).toEqual([])
    expect(clock.now()).toBe(35)
  })

  test('sends fragments as they came', async () => {
    const app: WsRouter<FrameSocket> = websockets(
      webSocketRaw('/', async (session) => {
        for await (const frame of session.incoming) await session.send(frame)
      }),
    )
    const entries: TrafficEntry[] = []
    const recorded = app.withFilter(record((entry) => entries.push(entry)))
    const client = testWsClient(recorded, '/', { mode: 'frames' })
    const { frames } = (await client.opened) as FrameSocket
    let echoed = 0
    frames.onFrame(() => {
      echoed += 1
      if (echoed === 3) frames.send(new Frame.Close())
    })
    frames.send(new Frame.Text('one ', false))
    frames.send(new Frame.Text('message', true))
    frames.send(new Frame.Binary(Uint8Array.of(1, 2)))
    expect((await client.closed).code).toBe(1005)
    const sent = entries.filter((entry): entry is MessageEntry => entry.kind === 'message')
    expect(sent.filter(({ fin }) => fin === false)).toHaveLength(2)
    expect(await replay(entries, app)).toEqual([])
  })

  test('does not ask who closed where the recording does not tell', async () => {
    const entries = await recording(room(), (connect) => connect().send('leave'))
    const untold = entries.map((entry) => {
      if (entry.kind !== 'close') return entry
      const { direction: _, ...rest } = entry
      return rest
    })
    expect(await replay(untold, room())).toEqual([])
  })

  test('refuses an option that it does not know', async () => {
    const misspelt: object = { withinn: 1 }
    await expect(replay([], room(), misspelt)).rejects.toThrow('replay() has no option withinn')
  })

  test('refuses entries of a connection whose opening is missing', async () => {
    const entries = await recording(room(), (connect) => connect().close())
    await expect(replay(entries.slice(1), room())).rejects.toThrow(
      "an entry of kind 'message' is of connection 1, whose opening was not recorded before",
    )
  })
})
