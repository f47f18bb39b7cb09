import { connect, type TcpNetConnectOpts } from 'node:net'
import { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type WebSocketSession, type WsRouter, webSocket, websockets } from 'antiphon'

/** A TCP server for pages and others that have only WebSockets: one connection for each session. */
export function tunnel(to: TcpNetConnectOpts): WsRouter {
  return websockets(
    webSocket('/tunnel', async (session) => {
      const stream = streamOf(session)
      // Each half ends when the other side does, and not before the rest has gone through.
      await pipeline(stream, connect({ ...to, allowHalfOpen: true }), stream)
    }),
  )
}

/** A session as a stream of Node: the bytes of its messages, and a binary message for each chunk. Who is slow is waited for. */
export function streamOf(session: WebSocketSession): Duplex {
  const frames = session.incoming[Symbol.asyncIterator]()
  return new Duplex({
    read() {
      frames.next().then(
        ({ value }) => this.push(value === undefined ? null : value.data),
        (error) => this.destroy(error),
      )
    },
    write(chunk: Uint8Array, _encoding, done) {
      session.send(chunk).then(() => done(), done)
    },
    // Of both halves: a WebSocket cannot end one of them.
    final(done) {
      session.close().then(() => done(), done)
    },
    destroy(error, done) {
      session.incoming.cancel()
      done(error)
    },
  })
}
