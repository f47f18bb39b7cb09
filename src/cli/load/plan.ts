import type { ConnectOptions } from '../../node/client/connect-options.ts'
import type { Clock } from '../../websocket/support/clock.ts'
import type { WsMessage } from '../../websocket/ws-message.ts'
import type { Tally } from './tally.ts'

/** What a load consists of. Times in milliseconds. */
export interface LoadPlan {
  readonly url: string
  readonly connect: ConnectOptions
  readonly connections: number
  /** New connections a second. */
  readonly rate: number
  /** What is sent, again and again. */
  readonly message: WsMessage
  /** Of each connection. */
  readonly messages: number
  /** Of sending, from when all connections are open. */
  readonly duration: number
  readonly pacing: Pacing
  /** For answers, once nothing more is sent. */
  readonly wait: number
}

/**
 * When a connection sends: `'closed'`, an answer is followed by the next message, `depth` of them on their way; `'open'`,
 * `perSecond` messages, whatever the server does.
 */
export type Pacing =
  | { readonly loop: 'closed'; readonly depth: number }
  | { readonly loop: 'open'; readonly perSecond: number }

/** A load that is going on. */
export interface Load {
  readonly plan: LoadPlan
  readonly clock: Clock
  readonly tally: Tally
}
