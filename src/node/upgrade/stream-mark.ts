import type { Duplex } from 'node:stream'

/**
 * Where the stream of an upgrade tells what handlers of ours, of whichever servers, do with it: how many decide about it,
 * or `true` once one has claimed it. A set of all such streams would take more memory.
 */
const MARK: unique symbol = Symbol('antiphon.upgrade')

interface Marked {
  [MARK]?: number | true | undefined
}

/** Whether a handler decides about the upgrade, or has claimed it. */
export function isHeld(stream: Duplex & Marked): boolean {
  return Boolean(stream[MARK])
}

/** One handler more decides about the upgrade, or one less. */
export function countDeciding(stream: Duplex & Marked, change: 1 | -1): void {
  const deciding = stream[MARK] ?? 0
  if (deciding !== true) stream[MARK] = deciding + change
}

/** Whether a handler answers the upgrade, or has answered it. */
export function isClaimed(stream: Duplex & Marked): boolean {
  return stream[MARK] === true
}

/** True for the first who asks: the answer of a second handler would end up among the frames of the first. */
export function claim(stream: Duplex & Marked): boolean {
  if (isClaimed(stream)) return false
  stream[MARK] = true
  return true
}

/** The error of a handler that would be the second to answer. */
export function answeredAlready(): Error {
  return new Error(
    "another handler has answered this upgrade: only one may take it, and unmatched: 'ignore' leaves it to others",
  )
}
