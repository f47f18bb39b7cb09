import { type Clock, systemClock } from '../websocket/support/clock.ts'
import { amount, duration } from '../websocket/support/option-checks.ts'
import type { OptionNames } from '../websocket/support/option-names.ts'
import { Archive } from './archive.ts'

/** The option `history`: what is kept of each topic. Past any of its bounds, the oldest messages go. */
export interface HistoryOptions {
  /** How many messages. Default 1,000. */
  readonly messages?: number | undefined
  /** How many bytes the contents of all of them have. Default 1 MiB. */
  readonly bytes?: number | undefined
  /** How long a message is kept, in milliseconds, at most 24 days. Default 5 min. */
  readonly age?: number | undefined
  /** What time is measured by. Default: the clock of the system. */
  readonly clock?: Clock | undefined
}

export const HISTORY: OptionNames<HistoryOptions> = { messages: 0, bytes: 0, age: 0, clock: 0 }

/** Throws a `RangeError` for an invalid bound. */
export function archiveOf(
  options: HistoryOptions,
  isSubscribed: (topic: string) => boolean,
): Archive {
  const bounds = {
    messages: amount('history.messages', options.messages, 1_000),
    bytes: amount('history.bytes', options.bytes, 1024 * 1024),
    age: duration('history.age', options.age, 300_000),
  }
  return new Archive(bounds, options.clock ?? systemClock, isSubscribed)
}
