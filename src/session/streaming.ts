import type { CloseRecord } from '../protocol/close/close-record.ts'
import { CloseReason, INTERNAL_ERROR, NORMAL } from '../protocol/close/reason.ts'
import type { BinaryFrame, Frame, TextFrame } from '../protocol/frame/frame.ts'
import { isNormalEnd } from '../websocket/client/normal-end.ts'
import { endError } from './session-end.ts'

/** The next message of a loop; `undefined` at the end of a session that was closed in order. Rejects at any other end. */
export async function nextMessage(
  frames: AsyncIterator<Frame, undefined>,
  closed: Promise<CloseRecord>,
): Promise<TextFrame | BinaryFrame | undefined> {
  for (;;) {
    const { value: frame } = await frames.next()
    if (frame === undefined) {
      await cleanEnd(closed)
      return undefined
    }
    // There are copies of control frames, too, if they were asked for.
    if (frame.type === 'text' || frame.type === 'binary') return frame
  }
}

/** Resolves when a session has been closed in order; rejects if it ended in another way, or the peer says that it failed. */
export async function cleanEnd(closed: Promise<CloseRecord>): Promise<void> {
  const record = await closed
  const { clean, initiator, cause, reason } = record
  // As the loop of a client does: what came may not be all that there should be.
  if (initiator === 'remote' && !isNormalEnd(reason.code)) throw endError(record)
  // Not every runtime waits for the peer's Close: nothing else is wrong then.
  const unanswered = initiator === 'local' && cause === undefined
  if (!clean && !unanswered) throw endError(record)
}

/** What a session is closed with when a stream over it is given up for this reason. */
export function reasonFor(reason: unknown): CloseReason {
  if (reason instanceof CloseReason) return reason
  return reason === undefined || reason === null ? NORMAL : INTERNAL_ERROR
}
