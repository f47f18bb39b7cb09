import { oneOf } from '../protocol/errors/one-of.ts'

/**
 * `'close'`: with 1013. `'drop'`: the message is not sent, nor any of its fragments, and `send` returns `false`.
 * `'wait'`: it is sent, the sender is to wait.
 */
export type SlowConsumerPolicy = 'close' | 'drop' | 'wait'

const POLICIES: readonly SlowConsumerPolicy[] = ['close', 'drop', 'wait']

/** The option, or its default. Throws a `RangeError` for any other word. */
export function slowConsumerPolicy(
  chosen: SlowConsumerPolicy | undefined,
  fallback: SlowConsumerPolicy,
): SlowConsumerPolicy {
  return oneOf('slowConsumer', chosen ?? fallback, POLICIES)
}
