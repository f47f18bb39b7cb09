import { Buffer } from 'node:buffer'

/** Room for all that one chunk of input usually causes. */
export const SLAB_SIZE = 65_536

/** Room for all that the largest chunk usually causes. A slow peer keeps what it has not taken: hence the smaller one. */
export const LARGE_SLAB_SIZE = 262_144

/** As many as are in use at once, when answers wait for one another. */
const KEPT = 40

/** Of the large ones: one for the chunk being read, and one for a flush within it. */
const KEPT_LARGE = 4

const free: Buffer[] = []
const freeLarge: Buffer[] = []

/** A buffer of one of the two sizes, for a short time: nearly always the same one. `size` is at most the larger one. */
export function takeSlab(size: number): Buffer {
  // Never out of Node's shared pool: a slab that a slow peer keeps must not keep others' bytes alive.
  return size <= SLAB_SIZE
    ? (free.pop() ?? Buffer.allocUnsafeSlow(SLAB_SIZE))
    : (freeLarge.pop() ?? Buffer.allocUnsafeSlow(LARGE_SLAB_SIZE))
}

/** Gives a slab back, once the system has taken its bytes. A buffer of another size is none, and let go. */
export function releaseSlab(slab: Buffer): void {
  if (slab.length === SLAB_SIZE) keep(free, slab, KEPT)
  else if (slab.length === LARGE_SLAB_SIZE) keep(freeLarge, slab, KEPT_LARGE)
}

function keep(slabs: Buffer[], slab: Buffer, most: number): void {
  if (slabs.length < most) slabs.push(slab)
}
