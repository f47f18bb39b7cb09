import type { WsLink } from './ws-link.ts'

/** What links tell that is not for users. */
export interface HearingLink {
  /** How many messages have come and found no listener, those that were heard later too. */
  readonly unheard?: number | undefined
}

/** How many messages have come and found no listener; 0 where the link does not tell. */
export function unheard(link: WsLink & HearingLink): number {
  return link.unheard ?? 0
}
