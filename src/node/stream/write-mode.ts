import { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import { hasOriginalWrite, mayWriteDirectly, writeDirectly } from './direct-write.ts'
import { isRerouted } from './rerouted.ts'

/** How a stream may be written to. */
export interface WriteMode {
  /** The stream keeps nothing of what it has written, so that slabs may be used again. */
  readonly slabs: boolean
  /** `writeDirectly` may be used. */
  readonly direct: boolean
}

const DIRECT: WriteMode = { slabs: true, direct: true }
const BY_SOCKET: WriteMode = { slabs: true, direct: false }

/** A stream that is no socket may keep what is written to it even when it reports it as taken. */
export const BY_STREAM: WriteMode = { slabs: false, direct: false }

/** How to write to `stream`, as long as it `hasOriginalWrite`. */
export function writeModeOf(stream: Writable): WriteMode {
  if (!(stream instanceof Socket) || !hasOriginalWrite(stream) || isRerouted(stream)) {
    return BY_STREAM
  }
  return mayWriteDirectly(stream) ? DIRECT : BY_SOCKET
}

/** Writes in the cheapest way; `written` is called only if the stream's own `write` was used. */
export function writeIn(
  { direct }: WriteMode,
  stream: Writable,
  bytes: Uint8Array,
  written?: (error?: Error | null) => void,
): void {
  if (!direct || !writeDirectly(stream, bytes)) stream.write(bytes, written)
}
