/** The last good URL up to its path: the clients of one server mostly send the same. */
let goodOrigin = ''

/**
 * What comes before the path: a host, which URLs of these schemes must have (in `http:///a/b`, some read the path `/a/b`,
 * and others the host `a`). Names and passwords are not allowed in a `Request`, nor in `Host` (RFC 9110, section 7.2).
 */
const ORIGIN = /^https?:\/\/[^/\\?#@]+(?:[/?#]|$)/i

/** Whether a `Request` can be made of this URL: of HTTP (RFC 6455, section 4.1), with its path where it seems to be. */
export function isRequestUrl(url: string): boolean {
  const path = url.indexOf('/', url.indexOf('://') + 3)
  // No path makes a URL invalid.
  if (path > 0 && url.slice(0, path) === goodOrigin) return true
  if (!ORIGIN.test(url) || !URL.canParse(url)) return false
  if (path > 0) goodOrigin = url.slice(0, path)
  return true
}
