import type { TypedWebsocket } from '../lens/typed-websocket.ts'
import type { WebSocketSession } from '../session/session.ts'
import type { TypedSession } from '../session/typed/typed-session.ts'
import { wrongType } from '../websocket/support/check-function.ts'
import type { Websocket } from '../websocket/websocket.ts'

/** A socket, or a session, default or raw. */
export type Subscriber = Websocket | WebSocketSession

/** A subscriber, or a typed view, which stands for what it is a view of. */
export type Subscribable =
  | Subscriber
  | TypedWebsocket<unknown, never>
  | TypedSession<unknown, never>

/** Throws a `TypeError` for anything else: not every caller is type-checked. */
export function subscriberOf(given: Subscribable): Subscriber {
  if (typeof given === 'object' && given !== null) {
    if ('link' in given || 'outgoing' in given) return given
    if ('session' in given) return given.session
    if ('socket' in given) return given.socket
  }
  throw wrongType(given, 'a subscriber has to be a socket or a session')
}
