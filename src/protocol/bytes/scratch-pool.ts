/** What does not fit gets new memory: compared to the other work on so many bytes, that costs little. */
export const SCRATCH_SIZE = 65_536

/** How many spare buffers are kept: two are enough, unless connections in memory feed each other. */
const KEPT = 8

const spare: Uint8Array<ArrayBuffer>[] = []

/**
 * `SCRATCH_SIZE` bytes of memory, not zeroed, which are the caller's until they are given back. That costs a tenth of
 * a new array.
 */
export function takeScratch(): Uint8Array<ArrayBuffer> {
  return spare.pop() ?? new Uint8Array(SCRATCH_SIZE)
}

/** Gives back what `takeScratch` lent, if anything. */
export function releaseScratch(scratch: Uint8Array<ArrayBuffer> | undefined): void {
  if (scratch !== undefined && spare.length < KEPT) spare.push(scratch)
}
