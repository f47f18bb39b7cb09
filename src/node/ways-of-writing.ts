import { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import { mayWriteDirectly, writeDirectly, writesItself } from './direct-write.ts'

/** How a stream may be written to. */
export interface WaysOfWriting {
  /** It keeps nothing of what it has written, so that slabs may be used again. */
  readonly slabs: boolean
  /** It is a socket that `writeDirectly` may serve for. */
  readonly direct: boolean
}

const DIRECTLY: WaysOfWriting = { slabs: true, direct: true }
const AS_SOCKET: WaysOfWriting = { slabs: true, direct: false }

/** A stream that is no socket may keep what is written to it even when it reports it as taken. */
export const AS_STREAM: WaysOfWriting = { slabs: false, direct: false }

/** What holds for `stream` as long as it `writesItself`. */
export function waysOf(stream: Writable): WaysOfWriting {
  if (mayWriteDirectly(stream)) return DIRECTLY
  return stream instanceof Socket && writesItself(stream) ? AS_SOCKET : AS_STREAM
}

/** Writes in the cheapest of these ways; `written` is called by streams that are not written to directly. */
export function writeBy(
  { direct }: WaysOfWriting,
  stream: Writable,
  bytes: Uint8Array,
  written?: (error?: Error | null) => void,
): void {
  if (!direct || !writeDirectly(stream, bytes)) stream.write(bytes, written)
}
