import { OverflowException } from './errors.ts'
import type { SenderOptions } from './sender.ts'

/**
 * Whether, for a connection that opens, `size` more bytes may be held behind `held`: one message may always. By the policy `'close'`, `fail` is called
 * with the error that opening is to fail with.
 */
export function mayHold(
  held: number,
  size: number,
  { maxBufferedAmount, slowConsumer }: SenderOptions,
  fail: (error: OverflowException) => void,
): boolean {
  if (held === 0 || held + size <= maxBufferedAmount || slowConsumer === 'wait') return true
  if (slowConsumer === 'close') {
    const message = `the connection opens too slowly: ${held} bytes wait, the limit is ${maxBufferedAmount}`
    fail(new OverflowException(message))
  }
  return false
}
