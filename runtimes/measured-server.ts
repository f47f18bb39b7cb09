import { type Server, serve, type Websocket, type WsHandler } from 'antiphon'

/** Echoes on a free port, by the engine that is named, until it is killed; prints the port. */

const echo: WsHandler = () => (socket: Websocket) => {
  socket.onMessage((message) => socket.send(message))
}

const ENGINES: Readonly<Record<string, () => Promise<Server>>> = {
  node: async () => serve(echo, (await import('antiphon/node')).node()),
  bun: async () => serve(echo, (await import('antiphon/bun')).bun()),
  deno: async () => serve(echo, (await import('antiphon/deno')).deno()),
}

const [, , name = ''] = process.argv
const start = ENGINES[name]
if (start === undefined) throw new TypeError(`there is no engine ${name}`)
console.log(`port ${(await start()).port}`)
