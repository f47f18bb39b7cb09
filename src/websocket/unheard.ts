import type { Websocket } from './websocket.ts'
import type { WsLink } from './ws-link.ts'

/** What our own links have beside what is for users. */
export interface HearingLink {
  /** How many messages found no listener when they came, even if they were delivered later. */
  readonly unheard?: number | undefined
  /** True once the peer's Close has come, even if this side has yet to send its own. */
  readonly deaf?: boolean | undefined
}

/** A socket whose link may be one of ours. */
interface HearingSocket extends Pick<Websocket, 'state'> {
  readonly link: WsLink & HearingLink
}

/** How many messages found no listener when they came; 0 where the link does not count them. */
export function unheard(link: WsLink & HearingLink): number {
  return link.unheard ?? 0
}

/** Whether all that will ever come has come: filters may still hold some of it. */
export function isDeaf({ state, link }: HearingSocket): boolean {
  return state === 'closed' || link.deaf === true
}
