import { OverflowException } from './errors.ts'
import type { SlowConsumerPolicy } from './socket-settings.ts'

/** What may be held for a connection that opens: the bound, and the policy past it, that the open one has. */
export interface OpeningBound {
  readonly maxBufferedAmount: number
  readonly slowConsumer: SlowConsumerPolicy
}

/**
 * Whether `size` more bytes may be held behind `held`: one message may always. By the policy `'close'`, `fail` is called
 * with the error that opening is to fail with.
 */
export function mayHold(
  held: number,
  size: number,
  { maxBufferedAmount, slowConsumer }: OpeningBound,
  fail: (error: OverflowException) => void,
): boolean {
  if (held === 0 || held + size <= maxBufferedAmount || slowConsumer === 'wait') return true
  if (slowConsumer === 'close') {
    const message = `the connection opens too slowly: ${held} bytes wait, the limit is ${maxBufferedAmount}`
    fail(new OverflowException(message))
  }
  return false
}
