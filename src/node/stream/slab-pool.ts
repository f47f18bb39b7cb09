import { Buffer } from 'node:buffer'

/** Room for all output that one chunk of input usually causes. */
export const SLAB_SIZE = 65_536

/** Room for what the largest chunk usually causes. Not the only size, since a slow peer's slab stays in use. */
export const LARGE_SLAB_SIZE = 262_144

/** How many spare slabs are kept: as many as are in use while answers wait to go out together. */
const KEPT = 40

/** How many large ones are. */
const KEPT_LARGE = 4

const free: Buffer[] = []
const freeLarge: Buffer[] = []

/** A buffer of the smallest size with room for `size` bytes, at most `LARGE_SLAB_SIZE`, for a short time. */
export function takeSlab(size: number): Buffer {
  // Never out of Node's shared pool: a slab that a slow peer keeps must not keep others' bytes alive.
  return size <= SLAB_SIZE
    ? (free.pop() ?? Buffer.allocUnsafeSlow(SLAB_SIZE))
    : (freeLarge.pop() ?? Buffer.allocUnsafeSlow(LARGE_SLAB_SIZE))
}

/** Gives a slab back, once the system has taken its bytes. A buffer of any other size is no slab, and is dropped. */
export function releaseSlab(slab: Buffer): void {
  if (slab.length === SLAB_SIZE) keep(free, slab, KEPT)
  else if (slab.length === LARGE_SLAB_SIZE) keep(freeLarge, slab, KEPT_LARGE)
}

function keep(slabs: Buffer[], slab: Buffer, most: number): void {
  if (slabs.length < most) slabs.push(slab)
}
