import { accept, bind, Frame, poly, type Server, serve, websockets } from 'antiphon'
import { type DenoOptions, deno } from 'antiphon/deno'
import { connect, openSocket } from 'antiphon/node'
import { type ContractCase, expectMessages } from 'antiphon/testing'
import { expectSame, expectWithin } from './expect.ts'

/** Lines that the server has written down. */
interface DenoContext extends AsyncDisposable {
  serve(options?: DenoOptions): Promise<Server>
  readonly ends: readonly string[]
}

export function denoContext(): DenoContext {
  const ends: string[] = []
  const servers: Server[] = []
  const app = websockets(
    bind('/echo', () => (socket) => {
      socket.onMessage((message) => socket.send(message))
      socket.onClose(({ code }) => ends.push(`${socket.state} ${code}`))
    }),
    bind('/size', () => (socket) => {
      socket.onMessage(({ byteLength }) => socket.send(`${byteLength}`))
    }),
    bind('/headers', () =>
      accept(() => {}, {
        headers: [
          ['X-Own', 'yes'],
          ['Set-Cookie', 'a=1'],
          ['Set-Cookie', 'b=2'],
        ],
      }),
    ),
    bind('/raw', (request) => (socket) => {
      const { url, headers } = new Request(request.raw)
      socket.send(`${url} ${headers.get('x-one')}`)
    }),
  )
  return {
    ends,
    async serve(options) {
      const server = await serve(poly(app), deno(options))
      servers.push(server)
      return server
    },
    async [Symbol.asyncDispose]() {
      for (const server of servers) await server.stop({ drain: 50 })
    },
  }
}

/** What is Deno's own about its server. */
export const denoCases: readonly ContractCase<DenoContext>[] = [
  {
    name: 'adds headers of the application to its answer',
    async run(context) {
      const { url } = await context.serve()
      const { socket, response } = await openSocket(`${url}/headers`)
      expectSame(response.headers.get('x-own'), 'yes')
      expectSame(response.headers.getSetCookie(), ['a=1', 'b=2'])
      socket.close()
    },
  },
  {
    name: 'keeps a request that can be read and copied after the upgrade',
    async run(context) {
      const { url } = await context.serve()
      const client = connect(`${url}/raw`, { headers: { 'x-one': 'first' } })
      for await (const message of client.received()) {
        expectSame(message.text(), `${url}/raw first`)
        client.close()
      }
    },
  },
  {
    name: 'reads a message of a byte less than 64 MiB, the largest that it can be told to',
    async run(context) {
      const maxMessageSize = 64 * 1024 * 1024 - 1
      const { url } = await context.serve({ webSockets: { maxMessageSize } })
      const client = connect(`${url}/size`)
      client.send(new Uint8Array(maxMessageSize))
      await expectMessages(client, [`${maxMessageSize}`])
      client.close()
    },
  },
  {
    name: 'lets go of a peer that answers no Ping, when it is told to ping',
    async run(context) {
      const { url } = await context.serve({ idleTimeout: 100 })
      const { socket } = await openSocket(`${url}/echo`, { mode: 'frames' })
      const before = performance.now()
      const seen: string[] = []
      socket.frames.onFrame(({ type }) => seen.push(type))
      await new Promise<void>((resolve) => socket.onClose(() => resolve()))
      expectSame(seen[0], 'ping')
      expectWithin(50, performance.now() - before, 2_000)
      expectSame(context.ends, ['closed 1006'])
    },
  },
  {
    name: 'leaves a silent peer in peace otherwise',
    async run(context) {
      const { url } = await context.serve()
      const { socket } = await openSocket(`${url}/echo`, { mode: 'frames' })
      const seen: string[] = []
      socket.frames.onFrame(({ type }) => seen.push(type))
      socket.frames.send(new Frame.Text('hello'))
      await new Promise((resolve) => setTimeout(resolve, 200))
      expectSame(seen, ['text'])
      socket.terminate()
    },
  },
  {
    name: 'drops a connection for malformed text, and has 1006 for it',
    async run(context) {
      const { url } = await context.serve()
      const { socket } = await openSocket(`${url}/echo`, { mode: 'frames' })
      socket.frames.send(new Frame.Text(Uint8Array.of(0x61, 0xff)))
      await new Promise<void>((resolve) => socket.onClose(() => resolve()))
      expectSame(context.ends, ['closed 1006'])
    },
  },
]
