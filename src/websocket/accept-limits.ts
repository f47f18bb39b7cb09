import { type SlowConsumerPolicy, slowConsumerPolicy } from './slow-consumer.ts'
import { amount } from './support/option-checks.ts'
import type { OptionNames } from './support/option-names.ts'

/** Overrides of the engine's limits for one connection; see the table of defaults in the documentation. */
export interface AcceptLimits {
  /** Bytes of one message, after inflating. */
  readonly maxMessageSize?: number | undefined
  /** Bytes of one frame's payload: for engines that see frames. */
  readonly maxFrameSize?: number | undefined
  /** Bytes waiting behind a slow reader. */
  readonly maxBufferedAmount?: number | undefined
  /** What happens past it. */
  readonly slowConsumer?: SlowConsumerPolicy | undefined
}

/** The names of these limits. */
export const ACCEPT_LIMITS: OptionNames<AcceptLimits> = {
  maxMessageSize: 0,
  maxFrameSize: 0,
  maxBufferedAmount: 0,
  slowConsumer: 0,
}

/** Throws a `RangeError` that names a limit that is not a number from 0 up, or the policy if there is no such one. */
export function checkLimits(limits: AcceptLimits = {}): void {
  amount('maxMessageSize', limits.maxMessageSize, 0)
  amount('maxFrameSize', limits.maxFrameSize, 0)
  amount('maxBufferedAmount', limits.maxBufferedAmount, 0)
  slowConsumerPolicy(limits.slowConsumer, 'close')
}
