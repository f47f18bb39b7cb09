import { once } from 'node:events'
import {
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { tls } from './tls.ts'

/** What a server of HTTP/2 gets that takes WebSockets: the test writes every frame of the answer. */
export type Talk = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => unknown

/** A server of Node's own, for what ours does not do. */
export class Http2TestServer implements AsyncDisposable {
  readonly #http: Http2Server | Http2SecureServer
  readonly #scheme: string
  readonly sessions: ServerHttp2Session[] = []

  private constructor(http: Http2Server | Http2SecureServer, scheme: string, talk: Talk) {
    this.#http = http
    this.#scheme = scheme
    http.on('sessionError', () => {})
    http.on('session', (session) => this.sessions.push(session))
    http.on('stream', (stream, headers) => {
      stream.on('error', () => {})
      talk(stream, headers)
    })
  }

  /** With TLS unless `secure` is false, and with settings that allow WebSockets unless they are given. */
  static async listen(
    talk: Talk,
    options: SecureServerOptions = {},
    secure = true,
  ): Promise<Http2TestServer> {
    const settings = { enableConnectProtocol: true, ...options.settings }
    const all = { ...options, settings }
    const http = secure ? createSecureServer({ ...tls, ...all }) : createServer(all)
    const server = new Http2TestServer(http, secure ? 'https' : 'http', talk)
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
    return server
  }

  get host(): string {
    return `127.0.0.1:${(this.#http.address() as AddressInfo).port}`
  }

  get url(): string {
    return `${this.#scheme}://${this.host}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#http, 'close')
    this.#http.close()
    for (const session of this.sessions) session.destroy()
    await closed
  }
}
