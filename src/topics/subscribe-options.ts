import type { OptionNames } from '../websocket/support/option-names.ts'

/** Options of `subscribe`, where a topic keeps what was published. */
export interface SubscribeOptions {
  /** The id of the last message that the peer has: it gets what was published since. Any string will do: peers send it. */
  readonly after?: string | undefined
  /** How many of the newest messages it gets if there is no `after`, or what is kept does not reach back to it. Default 0. */
  readonly last?: number | undefined
}

export const SUBSCRIBE_OPTIONS: OptionNames<SubscribeOptions> = { after: 0, last: 0 }
