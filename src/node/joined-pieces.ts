import type { Buffer } from 'node:buffer'
import { releaseSlab, takeSlab } from './slab-pool.ts'

/** Pieces in one. */
export interface JoinedPieces {
  readonly bytes: Uint8Array
  readonly pieces: readonly Uint8Array[]
  readonly slab: Buffer
}

let latest: JoinedPieces | undefined

/**
 * Joins `pieces`, which never change, `length` bytes in all and no more than a slab holds. To be given back once the system has
 * taken them: who is written the same pieces next, as in a burst to many, is spared the joining.
 */
export function joinPieces(pieces: readonly Uint8Array[], length: number): JoinedPieces {
  const joined = latest
  if (joined === undefined || !areSame(pieces, joined.pieces)) return joinAnew(pieces, length)
  // While it is written it is nobody else's.
  latest = undefined
  return joined
}

export function releaseJoined(joined: JoinedPieces): void {
  if (latest !== undefined) releaseSlab(latest.slab)
  latest = joined
}

function joinAnew(pieces: readonly Uint8Array[], length: number): JoinedPieces {
  const slab = takeSlab(length)
  let offset = 0
  for (const piece of pieces) {
    slab.set(piece, offset)
    offset += piece.length
  }
  return { bytes: slab.subarray(0, length), pieces, slab }
}

function areSame(some: readonly Uint8Array[], others: readonly Uint8Array[]): boolean {
  return some.length === others.length && some.every((piece, i) => piece === others[i])
}
