import { OverflowException } from '../errors.ts'
import type { SenderOptions } from '../socket/sender.ts'
import { WsMessage } from '../ws-message.ts'

/** What is held until the connection is open. Throws what sending would then throw, for text of bytes that are not UTF-8. */
export function heldMessage(message: WsMessage | string | Uint8Array): WsMessage {
  const held = message instanceof WsMessage ? message : WsMessage.of(message)
  if (held.mode === 'text') held.text()
  return held
}

/**
 * Whether a message of `size` bytes may be held, behind `held` bytes of others, until the connection is open: the first
 * one always may. Where it may not, `fail` gets the error to fail opening with if the policy is `'close'`.
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
