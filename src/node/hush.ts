import type { Duplex } from 'node:stream'

/**
 * Ignores the errors of a stream, which would otherwise end the process: while its upgrade is decided or answered, and
 * when it is left to other listeners, of which there may be none.
 */
export function hush(stream: Duplex): void {
  if (!stream.listeners('error').includes(ignore)) stream.on('error', ignore)
}

/** Ends `hush`: somebody else listens for errors. */
export function unhush(stream: Duplex): void {
  stream.off('error', ignore)
}

function ignore(): void {}
