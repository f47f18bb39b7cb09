import { connect, type TcpNetConnectOpts } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { type WsRouter, webSocket, websockets } from 'antiphon'
import { duplex } from 'antiphon/node'

/** A TCP server for pages and others that have only WebSockets: one connection for each session. */
export function tunnel(to: TcpNetConnectOpts): WsRouter {
  return websockets(
    webSocket('/tunnel', async (session) => {
      const stream = duplex(session)
      // Each half ends when the other side does, and not before the rest has gone through.
      await pipeline(stream, connect({ ...to, allowHalfOpen: true }), stream)
    }),
  )
}
