import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'

/** Says whether a route is for a request. Must have no side effects, since it may be asked more than once. */
export type RequestPredicate = (request: UpgradeRequest) => boolean

/** Holds for requests with one of these methods; their case counts (RFC 9110, section 9.1). */
export function method(...names: readonly string[]): RequestPredicate {
  return (request) => names.includes(request.method)
}

/** Holds for requests that have the header, and with this very value if one is given. */
export function header(name: string, value?: string): RequestPredicate {
  return (request) => {
    const found = request.header(name)
    return value === undefined ? found !== null : found === value
  }
}
