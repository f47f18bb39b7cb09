import { Buffer } from 'node:buffer'

/** Room for all that one chunk of input usually causes. */
export const SLAB_SIZE = 65_536

/** As many as are ever in use at once: one for the chunk being read, and one for a flush within it. */
const KEPT = 4

const free: Buffer[] = []

/** A buffer of `SLAB_SIZE`, for a short time: nearly always the same one. */
export function takeSlab(): Buffer {
  // Never out of Node's shared pool: a slab that a slow peer keeps must not keep others' bytes alive.
  return free.pop() ?? Buffer.allocUnsafeSlow(SLAB_SIZE)
}

/** Gives a slab back, once the system has taken its bytes. */
export function releaseSlab(slab: Buffer): void {
  if (free.length < KEPT) free.push(slab)
}
