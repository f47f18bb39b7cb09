import type { Websocket } from './websocket.ts'
import type { WsLink } from './ws-link.ts'

/** A link with the members that only our own sockets have, for our own code. */
export interface OwnLink extends WsLink {
  /** How many messages found no listener when they came, even if they were delivered later. */
  readonly unheard?: number | undefined
  /** True once the peer's Close has come, even if this side has yet to send its own. */
  readonly deaf?: boolean | undefined
}

/** How many messages found no listener when they came; 0 where the link does not count them. */
export function unheard(link: OwnLink): number {
  return link.unheard ?? 0
}

/** Whether all that will ever come has come: filters may still hold some of it. */
export function isDeaf(socket: Websocket): boolean {
  const link: OwnLink = socket.link
  return socket.state === 'closed' || link.deaf === true
}
