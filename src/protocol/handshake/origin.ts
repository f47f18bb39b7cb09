/** Host and port; no repetition can match what the one before it can, so that matching is linear. */
const AUTHORITY = /^(\[[0-9a-f:.]+\]|[\w.~-]+)(?::(\d{0,5}))?$/i

const DEFAULT_PORTS: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['https', 443],
  ['ws', 80],
  ['wss', 443],
])

/**
 * The check against cross-site hijacking (RFC 6455, section 10.2): true when `Origin` is absent, as from clients that
 * are no browsers, or names the host and port of `Host`. A port that is the default of the origin's scheme may be left
 * out on either side, so that it also holds behind a proxy that ends TLS. False for the origin `null`, and for a
 * malformed one.
 */
export function isSameOrigin(origin: string | null, host: string | null): boolean {
  if (origin === null) return true
  if (host === null) return false
  const separator = origin.indexOf('://')
  const defaultPort = DEFAULT_PORTS.get(origin.slice(0, Math.max(separator, 0)).toLowerCase())
  if (defaultPort === undefined) return false
  const theirs = authority(origin.slice(separator + 3), defaultPort)
  return theirs !== undefined && theirs === authority(host, defaultPort)
}

function authority(text: string, defaultPort: number): string | undefined {
  const match = AUTHORITY.exec(text)
  if (match === null) return undefined
  const [, name, digits] = match
  const port = digits === undefined || digits === '' ? defaultPort : Number(digits)
  return port <= 65_535 ? `${name!.toLowerCase()}:${port}` : undefined
}
