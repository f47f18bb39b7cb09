import type { WsMessage } from '../../websocket/ws-message.ts'
import type { Member } from '../member.ts'

/** One that has subscribed, and is given nothing until it has what it has missed. */
export interface Passenger {
  readonly member: Member
  /** The entry that it has; `undefined` if it has none, or that is unknown. */
  readonly after: string | undefined
  /** How many of the newest messages it gets otherwise. */
  readonly last: number
  /** Whether it has left. */
  readonly isGone: boolean
  /** Is sent these, and from now on what is published. `recovered` says whether these are all that it has missed. */
  arrive(missed: readonly WsMessage[], recovered: boolean): void
}
