import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import type { HandshakeRequest } from '../protocol/handshake/server-handshake.ts'
import type { RequestSource } from '../websocket/upgrade-request.ts'

/** What a request for an upgrade says, without the message it came in. */
export function upgradeSource(message: IncomingMessage): RequestSource & HandshakeRequest {
  return new UpgradeSource(message)
}

/**
 * Sockets keep it as long as they live, so all header fields are one string: a line each, the name in lower case. The
 * message would keep the parser's state and the stream; its list of names and values, an object for each.
 */
class UpgradeSource implements RequestSource, HandshakeRequest {
  readonly method: string
  readonly httpVersion: string
  readonly #target: string
  readonly #secure: boolean
  readonly #fields: string

  constructor(message: IncomingMessage) {
    this.method = message.method ?? 'GET'
    this.httpVersion = message.httpVersion
    this.#target = message.url ?? '/'
    this.#secure = message.socket instanceof TLSSocket
    this.#fields = joined(message.rawHeaders)
  }

  get url(): string {
    if (!this.#target.startsWith('/')) return this.#target
    const scheme = this.#secure ? 'https' : 'http'
    return `${scheme}://${this.header('host') ?? 'localhost'}${this.#target}`
  }

  /** Several values are joined by `, `; of a header that may stand only once, that makes a value nobody accepts. */
  header(name: string): string | null {
    const field = `\n${name.toLowerCase()}:`
    const fields = this.#fields
    let value: string | null = null
    for (let at = fields.indexOf(field); at >= 0; at = fields.indexOf(field, at + 1)) {
      const start = at + field.length
      const found = fields.slice(start, fields.indexOf('\n', start))
      value = value === null ? found : `${value}, ${found}`
    }
    return value
  }

  headers(): Headers {
    const headers = new Headers()
    for (const line of this.#fields.split('\n')) {
      const colon = line.indexOf(':')
      if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1))
    }
    return headers
  }

  raw(): Request {
    return new Request(this.url, { method: this.method, headers: this.headers() })
  }
}

/** Neither names nor values have line ends in them, or Node would not have parsed them. */
function joined(rawHeaders: readonly string[]): string {
  let fields = '\n'
  for (let i = 0; i < rawHeaders.length; i += 2) {
    fields += `${rawHeaders[i]!.toLowerCase()}:${rawHeaders[i + 1]!}\n`
  }
  return fields
}
