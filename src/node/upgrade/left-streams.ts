import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Clock } from '../../websocket/support/clock.ts'
import { isHeld } from './stream-mark.ts'

/** Milliseconds that other listeners have to read a stream that is left to them, or to write to it. */
const PATIENCE = 10_000

/**
 * Leaves a stream to other listeners, of which there may be none: `forgotten` is called if nobody takes it in time. Node
 * would not close it even if its client did.
 */
export function leaveToOthers(stream: Duplex, clock: Clock, forgotten: () => void): void {
  if (!(stream instanceof Socket)) return
  const { bytesWritten } = stream
  clock.after(PATIENCE, () => {
    const taken = stream.bytesWritten !== bytesWritten || isRead(stream)
    // If it is held, another handler of ours decides about it or answers it.
    if (!stream.destroyed && !taken && !isHeld(stream)) forgotten()
  })
}

function isRead(stream: Duplex): boolean {
  return stream.listenerCount('data') + stream.listenerCount('readable') > 0
}
