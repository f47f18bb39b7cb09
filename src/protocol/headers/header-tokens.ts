import { parseList } from './header-list.ts'
import { equalsIgnoreCase, trimSpace } from './token.ts'

/**
 * The tokens of a comma list, such as `Sec-WebSocket-Protocol`, in linear time; `undefined` when it is malformed or
 * has none. Empty elements are passed over (RFC 9110, section 5.6.1).
 */
export function parseTokens(value: string): readonly string[] | undefined {
  return parseList(value, (cursor) => cursor.token())
}

/**
 * True when the comma list has `token` among its elements, whatever its case and whatever the others are: for
 * `Connection` and `Upgrade`, whose elements may be more than tokens (`HTTP/2.0, websocket`).
 */
export function includesToken(value: string | null, token: string): boolean {
  if (value === null) return false
  for (let start = 0; start <= value.length; ) {
    const comma = value.indexOf(',', start)
    const end = comma < 0 ? value.length : comma
    if (equalsIgnoreCase(trimSpace(value, start, end), token)) return true
    start = end + 1
  }
  return false
}
