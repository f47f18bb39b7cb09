import { clientUrl } from '../protocol/handshake/client-url.ts'
import { quote } from '../protocol/quote.ts'
import { equalsIgnoreCase } from '../protocol/token.ts'

/** A URL in parts. */
export interface RequestParts {
  /** A WebSocket opens with GET (RFC 6455, section 4.1), and with nothing else. */
  readonly method?: 'GET'
  /** A name or an address. Default `localhost`. */
  readonly host?: string
  /** Default 80, when secure 443. */
  readonly port?: number
  /** May have a query. Default `/`. */
  readonly path?: string
  /** `wss:` rather than `ws:`. Default false; in `wss(...)` true. */
  readonly secure?: boolean
}

/** Where to connect: a URL, its parts, or a function that is given a builder. */
export type ClientTarget = string | URL | RequestParts | ((request: RequestBuilder) => unknown)

/** What one request has beyond its URL. Headers replace those of the client, name by name; subprotocols replace its list. */
export interface RequestOptions {
  readonly headers?: HeadersInit
  /** Added to the query of the URL. */
  readonly parameters?: Readonly<Record<string, string | number | boolean>>
  /** Subprotocols to offer, the preferred one first. */
  readonly protocols?: string | readonly string[]
  /** Aborting it gives up opening, or terminates the session. */
  readonly signal?: AbortSignal
}

/** A request as it will be sent. */
export interface ClientRequest {
  readonly url: URL
  /** In order; for `HeadersInit`. */
  readonly headers: [name: string, value: string][]
  readonly protocols: readonly string[]
  readonly signal: AbortSignal | undefined
}

/** What the client adds to a request that does not say otherwise. */
export interface RequestDefaults {
  readonly headers?: HeadersInit
  readonly protocols?: string | readonly string[]
  /** What `ws` and `wss` insist on. */
  readonly secure?: boolean | undefined
}

/** Puts a request together; every method returns the builder. */
export class RequestBuilder {
  readonly #secure: boolean | undefined
  readonly #headers: [name: string, value: string][] = []
  readonly #parameters: (readonly [name: string, value: string])[] = []
  readonly #protocols: string[] = []
  #url: URL

  constructor(secure: boolean | undefined) {
    this.#secure = secure
    this.#url = urlOf({}, secure)
  }

  /** Default `ws://localhost/`. Throws a `TypeError` or a `RangeError` that says what is wrong with it. */
  url(target: string | URL | RequestParts): this {
    this.#url = urlOf(target, this.#secure)
    return this
  }

  /** Adds a header. */
  header(name: string, value: string): this {
    this.#headers.push([name, value])
    return this
  }

  /** Adds a parameter to the query, percent-encoded as need be. */
  parameter(name: string, value: string | number | boolean): this {
    this.#parameters.push([name, String(value)])
    return this
  }

  /** Offers subprotocols, after those offered before. */
  protocol(...names: readonly string[]): this {
    this.#protocols.push(...names)
    return this
  }

  /** The request, with what the defaults have for it. */
  build(defaults: RequestDefaults, signal: AbortSignal | undefined): ClientRequest {
    const url = new URL(this.#url)
    for (const [name, value] of this.#parameters) url.searchParams.append(name, value)
    return {
      url,
      headers: withHeaders(fieldsOf(defaults.headers), this.#headers),
      protocols: this.#protocols.length > 0 ? this.#protocols : listOf(defaults.protocols),
      signal,
    }
  }
}

/** The request for what a caller said. Throws a `TypeError` or a `RangeError` for a URL that cannot be. */
export function clientRequest(
  target: ClientTarget,
  options: RequestOptions,
  defaults: RequestDefaults,
): ClientRequest {
  const builder = new RequestBuilder(defaults.secure)
  if (typeof target === 'function') target(builder)
  else builder.url(target)
  for (const [name, value] of fieldsOf(options.headers)) builder.header(name, value)
  for (const [name, value] of Object.entries(options.parameters ?? {})) {
    builder.parameter(name, value)
  }
  builder.protocol(...listOf(options.protocols))
  return builder.build(defaults, options.signal)
}

/** `fields`, those of the same name replaced by `others`. */
export function withHeaders(
  fields: readonly (readonly [name: string, value: string])[],
  others: HeadersInit,
): [name: string, value: string][] {
  const own = fieldsOf(others)
  const kept = fields.filter(([name]) => !own.some(([other]) => equalsIgnoreCase(name, other)))
  return [...kept.map(([name, value]): [string, string] => [name, value]), ...own]
}

function fieldsOf(headers: HeadersInit = []): [name: string, value: string][] {
  const fields = Symbol.iterator in headers ? [...headers] : Object.entries(headers)
  return fields.map(([name, value]) => [name, value])
}

function listOf(protocols: string | readonly string[] = []): readonly string[] {
  return typeof protocols === 'string' ? [protocols] : protocols
}

function urlOf(target: string | URL | RequestParts, secure: boolean | undefined): URL {
  const parts = typeof target === 'object' && !(target instanceof URL)
  const url = clientUrl(parts ? textOf(target, secure) : target)
  const isSecure = url.protocol === 'wss:' || url.protocol === 'https:'
  if (secure !== undefined && secure !== isSecure) {
    const [own, other] = secure ? ['wss', 'ws'] : ['ws', 'wss']
    throw new TypeError(
      `${own}() does not open ${url.protocol} URLs: call ${other}() or webSocket()`,
    )
  }
  return url
}

function textOf(parts: RequestParts, insisted: boolean | undefined): string {
  const { method = 'GET', host = 'localhost', port, path = '/', secure = insisted } = parts
  if (method !== 'GET') {
    throw new TypeError(`the method is ${quote(method)}: a WebSocket opens with GET`)
  }
  if (!HOST.test(host)) {
    throw new TypeError(
      `${quote(host)} is no host: give a name or an address, a port apart from it`,
    )
  }
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    throw new RangeError(`${port} is no port: give a number from 1 to 65535`)
  }
  const authority = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  const colon = port === undefined ? '' : `:${port}`
  const slash = path.startsWith('/') ? '' : '/'
  return `${secure === true ? 'wss' : 'ws'}://${authority}${colon}${slash}${path}`
}

/** A name, an IPv4 address, or an IPv6 address with or without its brackets. */
const HOST: RegExp = /^(?:[^\s/?#@\\:[\]]+|\[?[\da-f.]*:[\da-f.]*:[\da-f.:]*\]?)$/i
