import type { Duplex } from 'node:stream'
import { isHeld } from './stream-mark.ts'

/**
 * Listens for the errors of a stream, which would otherwise end the process: while its upgrade is decided or answered, and
 * when it is left to other listeners, of which there may be none.
 */
export function hush(stream: Duplex): void {
  if (!stream.listeners('error').includes(drop)) stream.on('error', drop)
}

/** Ends `hush`: somebody else listens for errors. */
export function unhush(stream: Duplex): void {
  stream.off('error', drop)
}

/** A TLS stream that cannot read a record does not close by itself. One that was left to others is for them to close. */
function drop(this: Duplex): void {
  if (isHeld(this)) this.destroy()
}
