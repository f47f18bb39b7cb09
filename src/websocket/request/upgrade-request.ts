import type { RequestKey } from './request-key.ts'

/** Path parameters by name, percent-decoded. */
export type Params = Readonly<Record<string, string>>

/**
 * A request as routes, filters and handlers see it: immutable, its headers and its platform request made when asked.
 * WebSocket routes get one for the upgrade, HTTP routes for any request.
 */
export interface UpgradeRequest<out P = Params> {
  readonly method: string
  /** Absolute, with the scheme `http:` or `https:`. */
  readonly url: string
  /** The path of `url` as it was sent: percent-encoded, without the query; dot segments are resolved. */
  readonly path: string
  readonly headers: Headers
  /** One header without building `headers`; `null` when absent, several values joined by `, `. */
  header(name: string): string | null
  readonly params: P
  /**
   * The IP address of the other end of the TCP connection, as the runtime writes it: behind a proxy, the proxy's. Never
   * taken from a header. `undefined` where nobody tells: on Workers, at a client, offline unless it is given; and on Node
   * when it is asked for the first time after the connection has ended.
   */
  readonly remoteAddress: string | undefined
  /** What `with` put there. Throws when there is nothing and the key has no fallback. */
  get<T>(key: RequestKey<T>): T
  /** A copy that also holds `value`. */
  with<T>(key: RequestKey<T>, value: T): UpgradeRequest<P>
  /** A copy with these path parameters added to its own. */
  withParams<Q extends Params>(params: Q): UpgradeRequest<P & Q>
  /** A copy with another absolute URL; its path parameters stay. */
  withUrl(url: string): UpgradeRequest<P>
  /** A copy with one header set, or with `null` removed. Throws a `TypeError` for what a header cannot hold. */
  withHeader(name: string, value: string | null): UpgradeRequest<P>
  /** The platform's own request; a `Request` made from it after `withUrl` or `withHeader`. */
  readonly raw: Request
}

/** The other end of a connection, as far as it is known: a socket of `node:net` is one. */
export interface RequestPeer {
  /** The address of the other end of the connection; `undefined` if it is not known. */
  readonly remoteAddress?: string | undefined
}

/** What a runtime knows of a request. `headers` and `raw` are costly, and called at most once. */
export interface RequestSource {
  readonly method: string
  readonly url: string
  /** The path of `url`, where the runtime has it already. */
  readonly path?: string | undefined
  /** Who sent the request. Read each time `remoteAddress` is. */
  readonly peer?: RequestPeer | undefined
  header(name: string): string | null
  headers(): Headers
  raw(): Request
}

/** Values by key, a linked list with the newest first: they are few, and each socket keeps its own. */
export interface RequestValues {
  readonly key: RequestKey<unknown>
  readonly value: unknown
  readonly next: RequestValues | undefined
}

/** A list with one more value. The values that all requests of a server hold are made once, and shared. */
export function requestValues<T>(
  key: RequestKey<T>,
  value: T,
  next?: RequestValues,
): RequestValues {
  return { key, value, next }
}

/** The request for a source: what an engine makes of its platform's request. */
export function upgradeRequest(source: RequestSource, values?: RequestValues): UpgradeRequest {
  return new SourcedRequest(new SharedSource(source), NO_PARAMS, values)
}

/** The request for a fetch-style `Request`, which says nothing of the peer itself. */
export function requestOf(raw: Request, peer?: RequestPeer): UpgradeRequest {
  return upgradeRequest({
    method: raw.method,
    url: raw.url,
    peer,
    header: (name) => raw.headers.get(name),
    headers: () => raw.headers,
    raw: () => raw,
  })
}

/** The other end as the engine knows it, for what only one runtime can tell; `undefined` where the engine knows nothing. */
export function peerOf(request: UpgradeRequest<unknown>): RequestPeer | undefined {
  return SourcedRequest.peerOf(request)
}

class SourcedRequest<P> implements UpgradeRequest<P> {
  static peerOf(request: UpgradeRequest<unknown>): RequestPeer | undefined {
    return request instanceof SourcedRequest ? request.#shared.source.peer : undefined
  }

  readonly #shared: SharedSource
  readonly params: P
  readonly #values: RequestValues | undefined

  constructor(shared: SharedSource, params: P, values: RequestValues | undefined) {
    this.#shared = shared
    this.params = params
    this.#values = values
  }

  get method(): string {
    return this.#shared.source.method
  }

  get url(): string {
    return this.#shared.source.url
  }

  get path(): string {
    return this.#shared.path
  }

  get remoteAddress(): string | undefined {
    return this.#shared.source.peer?.remoteAddress
  }

  get headers(): Headers {
    return this.#shared.headers
  }

  header(name: string): string | null {
    return this.#shared.source.header(name)
  }

  get raw(): Request {
    return this.#shared.raw
  }

  get<T>(key: RequestKey<T>): T {
    const entry = this.#find(key)
    // A key is only ever stored beside a value of its own type: see `with` and `requestValues`.
    if (entry !== undefined) return entry.value as T
    if (key.fallback !== undefined) return key.fallback.value
    throw new Error(
      `the request holds nothing under the key '${key.name}': put the filter that sets it in front, or give the key a fallback`,
    )
  }

  with<T>(key: RequestKey<T>, value: T): UpgradeRequest<P> {
    if (this.#find(key)?.value === value && value !== undefined) return this
    return new SourcedRequest(this.#shared, this.params, requestValues(key, value, this.#values))
  }

  withParams<Q extends Params>(params: Q): UpgradeRequest<P & Q> {
    return new SourcedRequest(this.#shared, joined(this.params, params), this.#values)
  }

  withUrl(url: string): UpgradeRequest<P> {
    return this.#edited(url)
  }

  withHeader(name: string, value: string | null): UpgradeRequest<P> {
    const headers = new Headers(this.headers)
    if (value === null) headers.delete(name)
    else headers.set(name, value)
    return this.#edited(this.url, headers)
  }

  #find(key: RequestKey<unknown>): RequestValues | undefined {
    let entry = this.#values
    while (entry !== undefined && entry.key !== key) entry = entry.next
    return entry
  }

  #edited(url: string, headers?: Headers): UpgradeRequest<P> {
    const from = this.#shared
    const { method, peer } = from.source
    const edited = new SharedSource({
      method,
      url,
      peer,
      header: (name) => (headers === undefined ? from.source.header(name) : headers.get(name)),
      headers: () => headers ?? from.headers,
      raw: () => editedRaw(from.raw, url, headers ?? from.raw.headers),
    })
    return new SourcedRequest(edited, this.params, this.#values)
  }
}

const NO_PARAMS: Params = {}

/** The same object where there is nothing to add: sockets keep their parameters. */
function joined<P, Q extends Params>(params: P, more: Q): P & Q {
  // If `more` is empty, so is `Q`.
  return Object.keys(more).length > 0 ? { ...params, ...more } : (params as P & Q)
}

/** A `Request` like `raw`, which keeps its own body: both can be read. */
function editedRaw(raw: Request, url: string, headers: Headers): Request {
  const { method, body, signal } = raw.clone()
  // `duplex` is required for a stream as body (Fetch, section 5.3) and missing from the DOM's types.
  const init: RequestInit & { duplex: 'half' } = { method, headers, body, signal, duplex: 'half' }
  return new Request(url, init)
}

/** A source that all copies of a request share, so that path, headers and platform request are made once. */
class SharedSource {
  readonly source: RequestSource
  #path: string | undefined
  #headers: Headers | undefined
  #raw: Request | undefined

  constructor(source: RequestSource) {
    this.source = source
  }

  get path(): string {
    this.#path ??= this.source.path ?? pathOf(this.source.url)
    return this.#path
  }

  get headers(): Headers {
    this.#headers ??= this.source.headers()
    return this.#headers
  }

  get raw(): Request {
    this.#raw ??= this.source.raw()
    return this.#raw
  }
}

/** By way of another host: not every runtime resolves dot segments in its URLs, or checks that the host is valid. */
function pathOf(url: string): string {
  return new URL(url.replace(/^(?:[^/?#]*:\/\/[^/?#]*)?/, 'http://a')).pathname
}
