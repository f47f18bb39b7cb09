import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** The connections of an HTTP server: a stop is to wait only for those that have something to wait for. */
export class HttpConnections {
  readonly #http: HttpServer
  /** With TLS, the connection below and the one above it. */
  readonly #open = new Set<Socket>()
  #closing = false

  /** To be made before the server listens. */
  constructor(http: HttpServer) {
    this.#http = http
    const open = this.#open
    // One function for all connections, since most of them are idle and there are many.
    function forget(this: Socket): void {
      open.delete(this)
    }
    const opened = (socket: Socket): void => {
      if (this.#closing) socket.destroy()
      open.add(socket)
      socket.on('close', forget)
    }
    http.on('connection', opened)
    http.on('secureConnection', opened)
    http.on('request', (_request: IncomingMessage, response: ServerResponse) => {
      response.on('close', this.#answered)
    })
  }

  /** Takes no more connections, lets go of those without a request, and resolves when the last is closed. */
  close(): Promise<void> {
    this.#closing = true
    const closed = new Promise<void>((resolve) => {
      this.#http.close(() => resolve())
    })
    this.#http.closeIdleConnections()
    // To Node, a connection that never said anything is not idle: browsers keep some in reserve.
    for (const socket of this.#open) if (socket.bytesRead === 0) socket.destroy()
    return closed
  }

  /** Lets go of all. */
  destroy(): void {
    for (const socket of this.#open) socket.destroy()
  }

  /** Kept alive for another request, it would be waited for. */
  readonly #answered = (): void => {
    if (this.#closing) this.#http.closeIdleConnections()
  }
}
