import { NotSupportedException } from './errors.ts'
import type { WsLink } from './ws-link.ts'

/**
 * Makes it an error to set the pings of a link that has none. Unlike a method that is missing, which cannot be called,
 * they could be set, and nothing would happen.
 */
export function refusePings<L extends WsLink>(link: L, why: string): L {
  return Object.defineProperty(link, 'pings', {
    set() {
      throw new NotSupportedException(why)
    },
  })
}
