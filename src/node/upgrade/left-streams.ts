import type { ServerHttp2Stream } from 'node:http2'
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
  const written = writtenTo(stream)
  if (written === undefined) return
  clock.after(PATIENCE, () => {
    const taken = writtenTo(stream) !== written || isRead(stream)
    // If it is held, another handler of ours decides about it or answers it.
    if (!stream.destroyed && !taken && !isHeld(stream)) forgotten()
  })
}

/** What changes when somebody writes to a connection, or answers on a stream of HTTP/2; `undefined` for other streams. */
function writtenTo(
  stream: Duplex & Partial<Pick<ServerHttp2Stream, 'headersSent'>>,
): number | boolean | undefined {
  return stream instanceof Socket ? stream.bytesWritten : stream.headersSent
}

function isRead(stream: Duplex): boolean {
  return stream.listenerCount('data') + stream.listenerCount('readable') > 0
}
