import { NotSupportedException } from './errors.ts'
import type { WsLink } from './ws-link.ts'

/**
 * Makes it an error to set the pings of a link that has none. They are the one member that is not called: what is absent
 * could be set all the same, and nothing would come of it.
 */
export function refusePings<L extends WsLink>(link: L, why: string): L {
  return Object.defineProperty(link, 'pings', {
    set() {
      throw new NotSupportedException(why)
    },
  })
}
