import type { WsLink } from './ws-link.ts'

/** What our own links have beside what is for users. */
export interface HearingLink {
  /** How many messages found no listener when they came, even if they were delivered later. */
  readonly unheard?: number | undefined
}

/** How many messages found no listener when they came; 0 where the link does not count them. */
export function unheard(link: WsLink & HearingLink): number {
  return link.unheard ?? 0
}
