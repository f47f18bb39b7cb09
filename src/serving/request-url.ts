/** The last URL up to its path of which a `Request` could be made: clients of one server mostly say the same. */
let goodOrigin = ''

/** Whether a `Request` can be made of it: a name or a password is not allowed there, nor in `Host` (RFC 9110, section 7.2). */
export function isRequestUrl(url: string): boolean {
  const path = url.indexOf('/', url.indexOf('://') + 3)
  // No path makes a URL invalid.
  if (path > 0 && url.slice(0, path) === goodOrigin) return true
  if (!URL.canParse(url) || /^[a-z]+:\/\/[^/\\?#]*@/.test(url)) return false
  if (path > 0) goodOrigin = url.slice(0, path)
  return true
}
