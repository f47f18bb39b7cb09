import type { Buffer } from 'node:buffer'
import { releaseSlab, takeSlab } from './slab-pool.ts'

/** Pieces of output, joined in a slab. */
export interface JoinedPieces {
  readonly bytes: Uint8Array
  readonly pieces: readonly Uint8Array[]
  readonly slab: Buffer
}

let latest: JoinedPieces | undefined

/**
 * Joins `pieces`, which never change and have `length` bytes together, at most what fits in a slab. Give the result back
 * once the system has taken it: if the same pieces go to the next socket, as in a broadcast, they are not joined again.
 */
export function joinPieces(pieces: readonly Uint8Array[], length: number): JoinedPieces {
  const joined = latest
  if (joined === undefined || !areSame(pieces, joined.pieces)) return joinInSlab(pieces, length)
  // Nobody else may get it while it is being written.
  latest = undefined
  return joined
}

export function releaseJoined(joined: JoinedPieces): void {
  if (latest !== undefined) releaseSlab(latest.slab)
  latest = joined
}

function joinInSlab(pieces: readonly Uint8Array[], length: number): JoinedPieces {
  const slab = takeSlab(length)
  let offset = 0
  for (const piece of pieces) {
    slab.set(piece, offset)
    offset += piece.length
  }
  return { bytes: slab.subarray(0, length), pieces, slab }
}

function areSame(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.length === b.length && a.every((piece, i) => piece === b[i])
}
