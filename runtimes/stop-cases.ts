import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import {
  type Capability,
  CloseReason,
  type Engine,
  type PolyHandler,
  type Server,
  serve,
  type Websocket,
  type WsClient,
  WsStatus,
} from 'antiphon'
import { connect } from 'antiphon/node'
import type { Backend, ContractCase } from 'antiphon/testing'
import { expectSame, expectWithin, signal, sleep } from './expect.ts'
import { askRaw, rawPeer } from './raw-peer.ts'

interface StopContext {
  /** Serves it on a free port of this machine. */
  serve(app: PolyHandler): Promise<Server>
}

/** Servers of an engine. */
export function stopsOf(engine: Engine<Websocket, Capability>): Backend<StopContext> {
  return { lacks: engine.lacks, start: () => ({ serve: (app) => serve(app, engine) }) }
}

/** In milliseconds: however busy the machine is, less than the ten seconds that a stop waits by default. */
const SOON = 9_000

interface Running {
  readonly server: Server
  /** Code and text of each socket that ended on the server. */
  readonly ends: string[]
  /** When each did, in milliseconds. */
  readonly times: number[]
  /** Lets the handler of HTTP answer. */
  answer(): void
  /** Resolves when it has been asked. */
  readonly asked: Promise<void>
}

async function run({ serve }: StopContext): Promise<Running> {
  const ends: string[] = []
  const times: number[] = []
  const [asked, ask] = signal()
  const [answered, answer] = signal()
  const server = await serve({
    async http() {
      ask()
      await answered
      return new Response('done')
    },
    ws: () => (socket: Websocket) => {
      socket.onClose(({ code, message }) => {
        ends.push(`${code} ${message}`.trimEnd())
        times.push(performance.now())
      })
    },
  })
  return { server, ends, times, answer, asked }
}

/** A client that is open; with `mode: 'frames'` it answers no Close. */
async function client(server: Server, mode?: 'frames'): Promise<WsClient> {
  const opened = connect(server.url, { mode: mode ?? 'messages' })
  await opened.opened
  return opened
}

/** What a stop is, with all its options, on every server. */
export const stopCases: readonly ContractCase<StopContext>[] = [
  {
    name: 'closes with the status that it is given',
    async run(context) {
      const { server, ends } = await run(context)
      const clients = [await client(server), await client(server)]
      await server.stop({ status: WsStatus.SERVICE_RESTART })
      for (const { closed } of clients) expectSame((await closed).code, 1012)
      expectSame(ends, ['1012 Service restart', '1012 Service restart'])
    },
  },
  {
    name: 'spreads the closes over a time',
    async run(context) {
      const { server, ends, times } = await run(context)
      for (let i = 0; i < 10; i++) await client(server)
      await server.stop({ over: 300 })
      expectSame(ends, Array(10).fill('1001 Going away'))
      // By chance they are closer together once in 100,000 times.
      expectWithin(60, Math.max(...times) - Math.min(...times), SOON)
    },
  },
  {
    name: 'waits for a peer that does not answer until its deadline, and lets it go',
    needs: ['records'],
    async run(context) {
      const { server, ends } = await run(context)
      const silent = await client(server, 'frames')
      const before = performance.now()
      await server.stop({ drain: 100 })
      expectWithin(95, performance.now() - before, SOON)
      expectSame(ends.length, 1)
      await silent.closed
    },
  },
  {
    name: 'waits for a handler that has something to finish',
    async run({ serve }) {
      const did: string[] = []
      const server = await serve({
        http: undefined,
        ws: () => async (socket: Websocket) => {
          await new Promise((resolve) => socket.onClose(resolve))
          await sleep(20)
          did.push('written')
        },
      })
      await client(server)
      await server.stop()
      expectSame(did, ['written'])
    },
  },
  {
    name: 'does not wait for who has gone before the handshake was answered',
    async run({ serve }) {
      const [asked, ask] = signal()
      const [answered, answer] = signal()
      const server = await serve({
        http: undefined,
        async ws() {
          ask()
          await answered
          return () => {}
        },
      })
      const gone = askRaw(server.port)
      await asked
      gone.destroy()
      await sleep(50)
      answer()
      await sleep(50)
      const before = performance.now()
      await server.stop()
      expectWithin(0, performance.now() - before, SOON)
    },
  },
  {
    name: 'does not call clean what its deadline cuts off',
    async run({ serve }) {
      const ends: unknown[] = []
      const server = await serve({
        http: undefined,
        ws: () => (socket: Websocket) => {
          for (let i = 0; i < 100; i++) socket.send(new Uint8Array(65_536))
          socket.onClose(({ code }) => {
            const { clean, remote } = socket.link.closeRecord ?? {}
            ends.push([code, clean, remote])
          })
        },
      })
      const { socket } = await rawPeer(server.port)
      socket.pause()
      await server.stop({ drain: 100 })
      expectSame(ends, [[1001, false, undefined]])
      socket.destroy()
    },
  },
  {
    name: 'waits for a request that is being answered',
    async run(context) {
      const { server, asked, answer } = await run(context)
      const response = fetch(server.url)
      await asked
      const stopped = server.stop()
      await sleep(20)
      answer()
      expectSame(await (await response).text(), 'done')
      await stopped
    },
  },
  {
    name: 'lets go of a request that takes too long',
    async run(context) {
      const { server, asked, answer } = await run(context)
      const response = fetch(server.url).then(
        () => 'answered',
        () => 'let go',
      )
      await asked
      const before = performance.now()
      await server.stop({ drain: 100 })
      expectWithin(95, performance.now() - before, SOON)
      expectSame(await response, 'let go')
      answer()
    },
  },
  {
    name: 'does not wait past its deadline for the rest of a request that has been answered',
    async run(context) {
      const { server, answer } = await run(context)
      answer()
      const socket = connectTcp(server.port, '127.0.0.1')
      socket.on('error', () => {})
      socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nbody')
      await once(socket, 'data')
      const before = performance.now()
      await server.stop({ drain: 100 })
      expectWithin(0, performance.now() - before, SOON)
      socket.destroy()
    },
  },
  {
    name: 'takes nothing new while it waits, and nobody listens afterwards',
    async run(context) {
      const { server } = await run(context)
      const lingering = await client(server, 'frames')
      const stopped = server.stop({ drain: 200 })
      await sleep(20)
      const refused = connect(server.url)
      const reason = await refused.opened.then(
        () => 'opened',
        () => 'refused',
      )
      expectSame(reason, 'refused')
      lingering.terminate()
      await stopped
      expectSame(
        await fetch(server.url).then(
          () => 'answered',
          () => 'refused',
        ),
        'refused',
      )
    },
  },
  {
    name: 'is the same, asked for twice, and refuses what cannot be',
    async run(context) {
      const { server } = await run(context)
      try {
        await server.stop({ status: new CloseReason(1006) })
        throw new Error('it took 1006')
      } catch (error) {
        expectSame(error instanceof RangeError, true)
      }
      expectSame(server.stop() === server.stop({ drain: 5 }), true)
      await server.stop()
    },
  },
]
