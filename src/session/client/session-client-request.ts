import { legible } from '../../protocol/errors/quote.ts'
import type { HeadersInput } from '../../protocol/headers/header-field.ts'

/** A URL in parts. */
export interface RequestParts {
  /** A WebSocket opens with GET (RFC 6455, section 4.1), and with nothing else. */
  readonly method?: 'GET' | undefined
  /** A name or an address. Default `localhost`. */
  readonly host?: string | undefined
  /** Default 80, when secure 443. */
  readonly port?: number | undefined
  /** May have a query. Default `/`. */
  readonly path?: string | undefined
  /** `wss:` rather than `ws:`. Default false; in `wss(...)` true. */
  readonly secure?: boolean | undefined
}

/** Where to connect: a URL, its parts, or a function that is given a builder. */
export type ClientTarget = string | URL | RequestParts | RequestBlock

/** Describes a request with the builder that it is given. */
export type RequestBlock = (request: RequestBuilder) => unknown

/** Options of one request. Headers replace those of the client, name by name; subprotocols replace the client's. */
export interface RequestOptions {
  /** Further headers of the request. */
  readonly headers?: HeadersInput | undefined
  /** Added to the query of the URL, in order, except those that are `undefined`. */
  readonly parameters?:
    | Readonly<Record<string, string | number | boolean | undefined>>
    | URLSearchParams
    | undefined
  /** Subprotocols to offer, the preferred one first. */
  readonly protocols?: string | readonly string[] | undefined
  /** Aborting it gives up opening, or terminates the session. */
  readonly signal?: AbortSignal | undefined
}

/** A request as it will be sent. */
export interface ClientRequest {
  readonly url: URL
  /** In order; for `HeadersInput`. */
  readonly headers: [name: string, value: string][]
  readonly protocols: readonly string[]
  readonly signal: AbortSignal | undefined
}

/** What the client adds to a request that has none of its own. */
export interface RequestDefaults {
  /** Subprotocols to offer, the preferred first. */
  readonly protocols?: string | readonly string[] | undefined
}

/** Makes a new URL. Throws a `TypeError` for an invalid one. */
type UrlParser = (text: string | URL) => URL

/** Puts a request together; every method returns the builder. */
export interface RequestBuilder {
  /** Default `ws://localhost/`. Throws a `TypeError` or a `RangeError` that says what is wrong with it. */
  url(target: string | URL | RequestParts): this
  /** Adds a header. */
  header(name: string, value: string): this
  /** Adds a parameter to the query, percent-encoded as need be. */
  parameter(name: string, value: string | number | boolean): this
  /** Offers subprotocols, after those offered before. */
  protocol(...names: readonly string[]): this
}

/**
 * The request that a caller describes; `secure` is what `ws` and `wss` insist on. Throws a `TypeError` or a
 * `RangeError` for an invalid URL.
 */
export function clientRequest(
  target: ClientTarget,
  request: RequestOptions | RequestBlock,
  defaults: RequestDefaults,
  parse: UrlParser,
  secure?: boolean,
): ClientRequest {
  let url: URL
  const headers: Field[] = []
  const parameters: Field[] = []
  const protocols: string[] = []
  const builder: RequestBuilder = {
    url(given) {
      const parts = typeof given === 'object' && !(given instanceof URL)
      url = parse(parts ? urlText(given, secure) : given)
      insistOn(secure, url)
      return builder
    },
    header(name, value) {
      headers.push([name, value])
      return builder
    },
    parameter(name, value) {
      parameters.push([name, String(value)])
      return builder
    },
    protocol(...names) {
      protocols.push(...names)
      return builder
    },
  }
  builder.url(typeof target === 'function' ? {} : target)
  for (const build of [target, request]) if (typeof build === 'function') build(builder)
  const {
    headers: own,
    parameters: added,
    protocols: offered,
    signal,
    ...others
  }: RequestOptions = typeof request === 'function' ? {} : request
  refuse(others)
  headers.push(...fieldsOf(own))
  for (const [name, value] of fieldsOf(added)) {
    if (value !== undefined) builder.parameter(name, value)
  }
  protocols.push(...[offered ?? []].flat())
  // Not with `searchParams`, which would rewrite the rest of the query, and so break one that is signed.
  if (parameters.length > 0) {
    url!.search += `${url!.search && '&'}${new URLSearchParams(parameters)}`
  }
  return {
    url: url!,
    headers,
    protocols: protocols.length > 0 ? protocols : [defaults.protocols ?? []].flat(),
    signal,
  }
}

export type Field = [name: string, value: string]

/** Headers or parameters as they are given, in order. */
export function fieldsOf<V = string>(
  given: Iterable<readonly [name: string, value: V]> | Readonly<Record<string, V>> = [],
): [name: string, value: V][] {
  const fields = Symbol.iterator in given ? given : Object.entries(given)
  return Array.from(fields, ([name, value]) => [name, value])
}

/** Throws a `TypeError` for what is left when all known options have been taken. A page loads no list of those. */
function refuse(others: object): void {
  for (const name in others) throw new TypeError(`a request has no option ${name}`)
}

function insistOn(secure: boolean | undefined, { protocol }: URL): void {
  if (secure === undefined || secure === /^(wss|https):$/.test(protocol)) return
  const [own, other] = secure ? ['wss', 'ws'] : ['ws', 'wss']
  throw new TypeError(`${own}() does not open ${protocol} URLs: call ${other}() or webSocket()`)
}

function urlText(parts: RequestParts, insisted: boolean | undefined): string {
  const {
    method = 'GET',
    host = 'localhost',
    port,
    path = '/',
    secure = insisted,
    ...others
  } = parts
  refuse(others)
  if (method !== 'GET') {
    throw new TypeError(`the method is '${legible(method)}': a WebSocket opens with GET`)
  }
  if (!HOST.test(host)) {
    throw new TypeError(
      `'${legible(host)}' is no host: give a name or an address, a port apart from it`,
    )
  }
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    throw new RangeError(`${port} is no port: give a number from 1 to 65535`)
  }
  const authority = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  const colon = port === undefined ? '' : `:${port}`
  const slash = path.startsWith('/') ? '' : '/'
  return `${secure ? 'wss' : 'ws'}://${authority}${colon}${slash}${path}`
}

/** A name, an IPv4 address, or an IPv6 address with or without its brackets. */
const HOST: RegExp = /^(?:[^\s/?#@\\:[\]]+|\[?[\da-f.]*:[\da-f.]*:[\da-f.:]*\]?)$/i
