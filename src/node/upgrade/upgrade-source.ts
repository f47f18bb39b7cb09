import type { IncomingMessage } from 'node:http'
import type { RequestHead } from '../../protocol/handshake/request-head.ts'
import type { HandshakeRequest } from '../../protocol/handshake/server-handshake.ts'
import { equalsIgnoreCase } from '../../protocol/headers/token.ts'
import type { RequestPeer, RequestSource } from '../../websocket/request/upgrade-request.ts'
import { headersOf } from '../http/raw-headers.ts'

/**
 * Unless told otherwise, Node 20 drops headers past this number, and later ones refuse them: what they say could not be
 * checked.
 */
export const MOST_HEADERS = 1000

/** A path that a URL would resolve: with a dot segment, encoded or not (RFC 3986, section 5.2.4), or a backslash. */
const UNRESOLVED = /^[^?#]*(?:\\|\/(?:\.|%2e){1,2}(?:[\\/?#]|$))/i

/** What stands before the path of a target. */
const BEFORE_PATH = /^(?:https?:\/\/[^/\\?#]*)?(?=\/)/i

/** A socket of `node:net` or `node:tls`, or another stream. */
interface PeerStream extends RequestPeer {
  readonly encrypted?: boolean | undefined
}

/** What a parser read: ours, or Node's, which makes a message. */
interface ParsedHead extends RequestHead {
  readonly message?: IncomingMessage | undefined
}

/** The head of a request for an upgrade: first as it was parsed, later as a single string for a socket to keep. */
export class UpgradeSource implements RequestSource, RequestPeer, HandshakeRequest {
  /** As a string: method, target and version, then names and values of the header fields, a line each. */
  #kept: ParsedHead | string
  readonly stream: PeerStream

  constructor(head: ParsedHead, stream: PeerStream) {
    // Plain HTTP and other runtimes take paths from the URL Standard: a path is to be the same everywhere.
    this.#kept = UNRESOLVED.test(head.target) ? { ...head, target: resolved(head.target) } : head
    this.stream = stream
  }

  /**
   * Makes one string of it all: a list has a string for each name and value, and each may keep alive the text that it
   * was cut from. Line ends separate them: none can contain one, or it would not have been parsed. The message is let go:
   * it holds the parser's state.
   */
  compact(): void {
    const { method, target, httpVersion, fields } = this.#head()
    // By one `join`: a string that is concatenated keeps both parts alive.
    this.#kept = [method, target, httpVersion, ...fields].join('\n')
  }

  /** Itself, to which requests that were edited still lead. */
  get peer(): this {
    return this
  }

  get remoteAddress(): string | undefined {
    return this.stream.remoteAddress
  }

  /** Node's own, until `compact`, where it is to be had. */
  get message(): IncomingMessage | undefined {
    return this.#head().message
  }

  get method(): string {
    return this.#head().method
  }

  get httpVersion(): string {
    return this.#head().httpVersion
  }

  get url(): string {
    const { target } = this.#head()
    if (!target.startsWith('/')) return target
    const scheme = this.stream.encrypted === true ? 'https' : 'http'
    return `${scheme}://${this.header('host') ?? 'localhost'}${target}`
  }

  get path(): string | undefined {
    const { target } = this.#head()
    if (!target.startsWith('/')) return undefined
    const end = target.search(/[?#]/)
    return end < 0 ? target : target.slice(0, end)
  }

  /** How many header fields there are. */
  get size(): number {
    return this.#head().fields.length / 2
  }

  /** Several values are joined by `, `. For a header that may occur only once, that is a value that no check accepts. */
  header(name: string): string | null {
    const { fields } = this.#head()
    let value: string | null = null
    for (let i = 0; i < fields.length; i += 2) {
      if (!equalsIgnoreCase(fields[i]!, name)) continue
      const found = fields[i + 1]!
      value = value === null ? found : `${value}, ${found}`
    }
    return value
  }

  headers(): Headers {
    return headersOf(this.#head().fields)
  }

  raw(): Request {
    return new Request(this.url, { method: this.method, headers: this.headers() })
  }

  #head(): ParsedHead {
    const kept = this.#kept
    if (typeof kept !== 'string') return kept
    const [method = '', target = '', httpVersion = '', ...fields] = kept.split('\n')
    return { method, target, httpVersion, fields }
  }
}

/** The target with its path resolved; if it has no path, others refuse it. */
function resolved(target: string): string {
  const before = BEFORE_PATH.exec(target)?.[0]
  if (before === undefined) return target
  const { pathname, search } = new URL(`http://localhost${target.slice(before.length)}`)
  return before + pathname + search
}

/** From what Node's own parser read. With `shown`, handlers may have the message itself. */
export function messageSource(message: IncomingMessage, shown?: boolean): UpgradeSource {
  const { method = 'GET', url: target = '/', httpVersion, rawHeaders: fields, socket } = message
  const head = { method, target, httpVersion, fields, message: shown ? message : undefined }
  return new UpgradeSource(head, socket)
}
