import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerResponse, ServerHttp2Session } from 'node:http2'
import { type Server, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'

/** The connections of an HTTP server, so that a stop waits only for those that are still answering a request. */
export interface HttpConnections {
  /** Forgets a connection that has been upgraded: somebody else ends it. */
  release(connection: Duplex): void
  /** Takes no more connections, closes those without a request, and resolves when the last is closed. */
  close(): Promise<void>
  /**
   * Destroys those on which no request is answered: after `close`, only the beginning of one, or of a TLS handshake, has
   * come.
   */
  destroyBegun(): void
  /** Destroys all connections, after which `close` waits for none. */
  destroy(): void
}

/** Call this before the server listens. */
export function httpConnections(http: Server): HttpConnections {
  /** With TLS, the TCP connection until the TLS handshake is done, and then the TLS one over it. */
  const open = new Set<Duplex>()
  /** The last answer of each connection that is being answered. */
  const answers = new Map<Duplex, ServerResponse>()
  /** Those of HTTP/2, which close their connections when all streams are done. */
  const sessions = new Set<ServerHttp2Session>()
  let closing = false
  let letGo = (): void => {}

  /** The 'close' listener of all connections: one function, since there may be many of them. */
  function forget(this: Duplex): void {
    open.delete(this)
    answers.delete(this)
  }

  function release(connection: Duplex): void {
    connection.off('close', forget)
    forget.call(connection)
    const below = tcpBelow(connection)
    if (below !== undefined) release(below)
  }

  function opened(socket: Socket): void {
    if (closing) socket.destroy()
    release(socket)
    open.add(socket)
    socket.on('close', forget)
  }

  function isIdle(socket: Duplex): boolean {
    return !answers.has(socket) && !speaksHttp2(socket)
  }

  http.on('connection', opened)
  http.on('secureConnection', opened)
  http.on('session', (session: ServerHttp2Session) => {
    sessions.add(session)
    session.on('close', () => sessions.delete(session))
  })
  http.on(
    'request',
    ({ socket }: IncomingMessage, response: ServerResponse | Http2ServerResponse) => {
      if ('stream' in response) return
      answers.set(socket, response)
      if (closing) response.shouldKeepAlive = false
      response.on('close', () => {
        if (answers.get(socket) !== response) return
        answers.delete(socket)
        // Kept alive for another request, it would hold up the stop.
        if (closing) socket.destroySoon()
      })
    },
  )

  return {
    release,
    close() {
      closing = true
      // This closes idle connections, too.
      const closed = new Promise<void>((resolve) => {
        letGo = resolve
        http.close(() => resolve())
      })
      // Clients that are not told would send another request on a connection that is closed as soon as it is idle.
      for (const response of answers.values()) response.shouldKeepAlive = false
      for (const session of sessions) session.close()
      // To Node, a connection without any request is not idle: browsers keep some in reserve.
      for (const socket of open) {
        // Bun does not count the bytes of HTTP: they are 0 for connections with an answer, too.
        if (socket instanceof Socket && socket.bytesRead === 0 && isIdle(socket)) {
          socket.destroy()
        }
      }
      return closed
    },
    destroyBegun() {
      for (const socket of open) {
        if (isIdle(socket)) socket.destroy()
      }
    },
    destroy() {
      for (const socket of open) socket.destroy()
      // Bun tells of no connection before its TLS handshake is done, and waits for it.
      setImmediate(letGo)
    },
  }
}

function speaksHttp2(connection: Duplex): boolean {
  return connection instanceof TLSSocket && connection.alpnProtocol === 'h2'
}

/** The TCP connection that carries a TLS one. Node and Deno keep it under `_parent`. */
function tcpBelow(connection: Duplex): Socket | undefined {
  const { _parent: below }: { readonly _parent: unknown } = Object(connection)
  return below instanceof Socket ? below : undefined
}
