import type { Duplex } from 'node:stream'

/**
 * A stream that breaks must not break the process: not while it is decided about or answered, and not when it is left to
 * other listeners, of which there may be none.
 */
export function hush(stream: Duplex): void {
  if (!stream.listeners('error').includes(ignore)) stream.on('error', ignore)
}

/** Somebody else hears of its errors from here on. */
export function unhush(stream: Duplex): void {
  stream.off('error', ignore)
}

function ignore(): void {}
