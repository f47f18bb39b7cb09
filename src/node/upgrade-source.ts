import type { IncomingMessage } from 'node:http'
import type { HandshakeRequest } from '../protocol/handshake/server-handshake.ts'
import { equalsIgnoreCase } from '../protocol/token.ts'
import type { RequestSource } from '../websocket/upgrade-request.ts'

/** What a request for an upgrade says: at first read from its message, which is let go when a socket is to keep it. */
export class UpgradeSource implements RequestSource, HandshakeRequest {
  #message: IncomingMessage | undefined
  /** The request line, then names and values of the header fields: a line each. */
  #head = ''
  readonly #secure: boolean

  constructor(message: IncomingMessage) {
    this.#message = message
    this.#secure = 'encrypted' in message.socket && message.socket.encrypted === true
  }

  /**
   * Makes one string of it all: the message would keep the parser's state and the stream, and its list of names and
   * values is an object for each. None of them has a line end in it, or Node would not have parsed them.
   */
  compact(): void {
    if (this.#message === undefined) return
    const { rawHeaders } = this.#message
    this.#head = `${this.method} ${this.#target} ${this.httpVersion}\n${rawHeaders.join('\n')}`
    this.#message = undefined
  }

  get method(): string {
    if (this.#message !== undefined) return this.#message.method ?? 'GET'
    return this.#head.slice(0, this.#head.indexOf(' '))
  }

  get httpVersion(): string {
    if (this.#message !== undefined) return this.#message.httpVersion
    const line = this.#requestLine
    return line.slice(line.lastIndexOf(' ') + 1)
  }

  get url(): string {
    const target = this.#target
    if (!target.startsWith('/')) return target
    const scheme = this.#secure ? 'https' : 'http'
    return `${scheme}://${this.header('host') ?? 'localhost'}${target}`
  }

  get path(): string | undefined {
    const target = this.#target
    if (!target.startsWith('/')) return undefined
    const end = target.search(/[?#]/)
    return end < 0 ? target : target.slice(0, end)
  }

  /** Several values are joined by `, `; of a header that may stand only once, that makes a value nobody accepts. */
  header(name: string): string | null {
    const fields = this.#fields
    let value: string | null = null
    for (let i = 0; i < fields.length; i += 2) {
      if (!equalsIgnoreCase(fields[i]!, name)) continue
      const found = fields[i + 1]!
      value = value === null ? found : `${value}, ${found}`
    }
    return value
  }

  headers(): Headers {
    const fields = this.#fields
    const headers = new Headers()
    for (let i = 0; i < fields.length; i += 2) headers.append(fields[i]!, fields[i + 1]!)
    return headers
  }

  raw(): Request {
    return new Request(this.url, { method: this.method, headers: this.headers() })
  }

  get #target(): string {
    if (this.#message !== undefined) return this.#message.url ?? '/'
    const line = this.#requestLine
    return line.slice(line.indexOf(' ') + 1, line.lastIndexOf(' '))
  }

  get #requestLine(): string {
    return this.#head.slice(0, this.#head.indexOf('\n'))
  }

  /** Names and values in turn. */
  get #fields(): readonly string[] {
    if (this.#message !== undefined) return this.#message.rawHeaders
    const fields = this.#head.slice(this.#head.indexOf('\n') + 1)
    return fields === '' ? [] : fields.split('\n')
  }
}
