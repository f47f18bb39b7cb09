import { connect, type TcpNetConnectOpts } from 'node:net'
import { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ReadableStream, WritableStream } from 'node:stream/web'
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
  const readable = ReadableStream.from(bytesOf(session))
  const writable = new WritableStream<Uint8Array>({
    write: (chunk) => session.send(chunk),
    async close() {
      await session.close() // of both halves: a WebSocket cannot end one of them
    },
  })
  return Duplex.fromWeb({ readable, writable }, { allowHalfOpen: true })
}

async function* bytesOf({ incoming }: WebSocketSession): AsyncGenerator<Uint8Array> {
  for await (const frame of incoming) yield frame.data
}
