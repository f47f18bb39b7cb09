/** More needs memory of its own, which costs little beside what else is done to so many bytes. */
export const SCRATCH_SIZE = 65_536

/** As many as are ever lent at once; more only where connections in memory feed each other. */
const KEPT = 8

const spare: Uint8Array<ArrayBuffer>[] = []

/**
 * Memory for bytes that are needed for a moment: `SCRATCH_SIZE` of it, with whatever was left there. To have it again
 * and again costs a tenth of what a new array does. Nobody else has it before it is given back.
 */
export function takeScratch(): Uint8Array<ArrayBuffer> {
  return spare.pop() ?? new Uint8Array(SCRATCH_SIZE)
}

/** Takes back what was taken, if anything was. */
export function releaseScratch(scratch: Uint8Array<ArrayBuffer> | undefined): void {
  if (scratch !== undefined && spare.length < KEPT) spare.push(scratch)
}
