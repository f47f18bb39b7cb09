/** A turn of the event loop is busy when it reads at least this many chunks of input. */
const BUSY = 4

/** How many chunks are read before a turn is measured while turns are not busy: measuring costs a call at its end. */
const MEASURE_AFTER = 64

let chunks = 0
/** This turn is being measured. */
let measuring = false
let busy = false

/**
 * True while turns are busy. Then it is better to write the answers of several sockets together, since their peers are
 * at work and need not be woken. Otherwise answers should not wait.
 */
export function isBusy(): boolean {
  return busy
}

/** Counts a chunk of input that was read; true when `turnEnded` has to be called for this turn. */
export function countChunk(): boolean {
  chunks++
  return busy || measuring || chunks >= MEASURE_AFTER
}

/** Call this at the end of a turn. A turn is measured from the end of the one before; turns without input do not count. */
export function turnEnded(): void {
  if (chunks === 0) return
  if (busy || measuring) {
    busy = chunks >= BUSY
    measuring = false
    chunks = 0
  } else if (chunks >= MEASURE_AFTER) {
    measuring = true
    chunks = 0
  }
}
