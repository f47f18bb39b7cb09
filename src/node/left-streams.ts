import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Clock } from '../websocket/clock.ts'
import { isHeld } from './socket-set.ts'

/** How long other listeners may take before they write to a stream that is left to them, or read it, in milliseconds. */
const PATIENCE = 10_000

/**
 * Leaves a stream to other listeners, of which there may be none: `forgotten` is called when nobody has taken it in time.
 * Node would not close it even when its client does.
 */
export function leaveToOthers(stream: Duplex, clock: Clock, forgotten: () => void): void {
  if (!(stream instanceof Socket)) return
  const { bytesWritten } = stream
  clock.after(PATIENCE, () => {
    const taken = stream.bytesWritten !== bytesWritten || isRead(stream)
    // Another handler of ours that decides about it, or answers it, sees to it.
    if (!stream.destroyed && !taken && !isHeld(stream)) forgotten()
  })
}

function isRead(stream: Duplex): boolean {
  return stream.listenerCount('data') + stream.listenerCount('readable') > 0
}
