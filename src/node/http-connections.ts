import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** The connections of an HTTP server, so that a stop waits for those alone that still answer a request. */
export class HttpConnections {
  readonly #http: HttpServer
  /** With TLS, both the TCP connection and the TLS one over it. */
  readonly #open = new Set<Duplex>()
  /** Of those that are being answered, the answer that is last. */
  readonly #answers = new Map<Duplex, ServerResponse>()
  #closing = false
  /** The 'close' listener of all connections: one function, since there may be many of them. */
  readonly #forget: (this: Duplex) => void

  /** To be made before the server listens. */
  constructor(http: HttpServer) {
    this.#http = http
    const open = this.#open
    const answers = this.#answers
    this.#forget = function forget() {
      open.delete(this)
      answers.delete(this)
    }
    const opened = (socket: Socket): void => {
      if (this.#closing) socket.destroy()
      open.add(socket)
      socket.on('close', this.#forget)
    }
    http.on('connection', opened)
    http.on('secureConnection', opened)
    http.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
      answers.set(socket, response)
      if (this.#closing) response.shouldKeepAlive = false
      response.on('close', () => this.#answered(socket, response))
    })
  }

  /** It has been upgraded: somebody else sees to its end. */
  release(connection: Duplex): void {
    connection.off('close', this.#forget)
    this.#open.delete(connection)
    this.#answers.delete(connection)
  }

  /** Takes no more connections, lets go of those without a request, and resolves when the last is closed. */
  close(): Promise<void> {
    this.#closing = true
    const closed = new Promise<void>((resolve) => {
      this.#http.close(() => resolve())
    })
    this.#http.closeIdleConnections()
    // Clients that are not told ask again on a connection that is closed as soon as it is idle.
    for (const response of this.#answers.values()) response.shouldKeepAlive = false
    // To Node, a connection that never said anything is not idle: browsers keep some in reserve.
    for (const socket of this.#open) {
      // Bun counts no bytes of HTTP.
      const silent =
        socket instanceof Socket && socket.bytesRead === 0 && !this.#answers.has(socket)
      if (silent) socket.destroy()
    }
    return closed
  }

  /** Lets go of all. */
  destroy(): void {
    for (const socket of this.#open) socket.destroy()
  }

  /** An idle connection, kept alive for another request, would hold up the stop. */
  #answered(socket: Socket, response: ServerResponse): void {
    if (this.#answers.get(socket) === response) this.#answers.delete(socket)
    if (this.#closing) this.#http.closeIdleConnections()
  }
}
