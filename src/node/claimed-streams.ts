import type { Duplex } from 'node:stream'

/** Where a stream tells that it is claimed. A set of all such streams would take more memory. */
const CLAIMED: unique symbol = Symbol('antiphon.claimed')

interface Claimable {
  [CLAIMED]?: true | undefined
}

/** Whether a handler of ours, of whichever server, answers the upgrade that this stream came with. */
export function isClaimed(stream: Duplex & Claimable): boolean {
  return stream[CLAIMED] === true
}

/** True for the first who asks: the answer of a second handler would end up among the frames of the first. */
export function claim(stream: Duplex & Claimable): boolean {
  if (isClaimed(stream)) return false
  stream[CLAIMED] = true
  return true
}

/** The error of a handler that would be the second to answer. */
export function answeredAlready(): Error {
  return new Error(
    "another handler has answered this upgrade: with several, each needs unmatched: 'ignore'",
  )
}
