import { quote } from '../errors/quote.ts'
import { isToken } from '../headers/token.ts'

/** Throws a `TypeError` for a subprotocol that is not a token or is given twice (RFC 6455, section 4.1, item 10). */
export function checkSubprotocols(protocols: readonly string[]): void {
  const seen = new Set<string>()
  for (const protocol of protocols) {
    if (!isToken(protocol)) {
      throw new TypeError(
        `${quote(protocol)} cannot be a subprotocol: it must be a token, such as 'chat.v1' (RFC 6455, section 4.1)`,
      )
    }
    if (seen.has(protocol)) {
      throw new TypeError(`the subprotocol ${quote(protocol)} is given twice: name it once`)
    }
    seen.add(protocol)
  }
}
