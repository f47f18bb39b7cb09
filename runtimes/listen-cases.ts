import {
  accept,
  type Capability,
  type Engine,
  type PolyHandler,
  type Server,
  serve,
  type Websocket,
} from 'antiphon'
import { connect } from 'antiphon/node'
import { type Backend, type ContractCase, expectMessages } from 'antiphon/testing'
import { expectSame } from './expect.ts'
import { maskedFrame, rawPeer } from './raw-peer.ts'

export interface ListenOptions {
  readonly port?: number
  readonly hostname?: string
  readonly reusePort?: boolean
}

interface ListenContext extends AsyncDisposable {
  /** Serves an application that greets, speaks `chat.v1` to whoever offers it, and writes down how sockets end. */
  listen(options?: ListenOptions): Promise<Server>
  readonly ends: readonly number[]
}

/** Servers of an engine, which are stopped when the case is over. */
export function listensOf(
  engine: (options: ListenOptions) => Engine<Websocket, Capability>,
): Backend<ListenContext> {
  return {
    start() {
      const ends: number[] = []
      const servers: Server[] = []
      const greet = (socket: Websocket): void => {
        socket.send('hello')
        socket.onClose(({ code }) => ends.push(code))
      }
      const app: PolyHandler = {
        http: undefined,
        ws: (request) => {
          const chats = request.header('sec-websocket-protocol') !== null
          return accept(greet, chats ? { protocol: 'chat.v1' } : {})
        },
      }
      return {
        ends,
        async listen(options = {}) {
          const server = await serve(app, engine(options))
          servers.push(server)
          return server
        },
        async [Symbol.asyncDispose]() {
          for (const server of servers) await server.stop({ drain: 50 })
        },
      }
    },
  }
}

async function expectGreeted({ url }: Server): Promise<void> {
  const client = connect(url)
  await expectMessages(client, ['hello'])
  client.close()
  await client.closed
}

/** What it is to listen, on every server. */
export const listenCases: readonly ContractCase<ListenContext>[] = [
  {
    name: 'rejects when the port is taken, and leaves who has it alone',
    async run({ listen }) {
      const first = await listen()
      const reason = await listen({ port: first.port }).then(
        () => 'it listens',
        (error: NodeJS.ErrnoException) => error.code,
      )
      expectSame(reason, 'EADDRINUSE')
      await expectGreeted(first)
      await first.stop()
      await expectGreeted(await listen({ port: first.port }))
    },
  },
  {
    name: 'says where it listens',
    async run({ listen }) {
      const server = await listen({ hostname: '::1' })
      expectSame(server.url, `http://[::1]:${server.port}`)
      await expectGreeted(server)
    },
  },
  {
    name: 'is one of several in a process, and stops alone',
    async run({ listen }) {
      const [first, second] = [await listen(), await listen()]
      await expectGreeted(first)
      await first.stop()
      await expectGreeted(second)
    },
  },
  {
    name: 'says of its own answers that they are text',
    async run({ listen }) {
      const { url } = await listen()
      const { status, headers } = await fetch(url)
      expectSame([status, headers.get('content-type')?.slice(0, 10)], [426, 'text/plain'])
    },
  },
  ...['other,chat.v1', 'other,\tchat.v1', 'chat.v1,other', 'other , chat.v1'].map(
    (offer): ContractCase<ListenContext> => ({
      name: `finds a subprotocol in a list, however it is written: ${JSON.stringify(offer)}`,
      async run({ listen }) {
        const { port } = await listen()
        const { socket, head } = await rawPeer(port, `Sec-WebSocket-Protocol: ${offer}`)
        expectSame(/^sec-websocket-protocol: (.*)\r$/im.exec(head)?.[1], 'chat.v1')
        socket.destroy()
      },
    }),
  ),
]

/** What several processes do that listen beside each other. */
export const sharingCases: readonly ContractCase<ListenContext>[] = [
  {
    name: 'shares its port with those that do the same',
    async run({ listen }) {
      const { port } = await listen({ reusePort: true })
      await expectGreeted(await listen({ port, reusePort: true }))
    },
  },
]

const FORBIDDEN: readonly (readonly [what: string, ...frames: readonly Uint8Array[]])[] = [
  ['an opcode that means nothing', maskedFrame(0x83, [])],
  ['a reserved bit', maskedFrame(0xa1, [0x61])],
  ['a fragment of a Ping', maskedFrame(0x09, [])],
  ['a Ping of 126 bytes', maskedFrame(0x89, Array(126).fill(0))],
  ['a continuation of nothing', maskedFrame(0x80, [0x61])],
  ['a message within another', maskedFrame(0x01, [0x61]), maskedFrame(0x81, [0x62])],
  ['a Close of one byte', maskedFrame(0x88, [0x03])],
  ['a Close with 1005', maskedFrame(0x88, [0x03, 0xed])],
  ['a Close with 2999', maskedFrame(0x88, [0x0b, 0xb7])],
]

/** What the protocol forbids, and the status that sockets end with: 1002, or 1006 where the runtime drops the connection. */
export function forbiddenCases(status: 1002 | 1006): readonly ContractCase<ListenContext>[] {
  return FORBIDDEN.map(([what, ...frames]) => ({
    name: `is ended with ${status} by ${what}`,
    async run({ listen, ends }) {
      const { port } = await listen()
      const { socket } = await rawPeer(port)
      for (const frame of frames) socket.write(frame)
      while (ends.length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
      expectSame(ends, [status])
      socket.destroy()
    },
  }))
}
