/** A turn of the event loop is busy when it reads at least so many chunks of input. */
const BUSY = 4

/** While turns are not busy, one is measured after each so many chunks: to measure costs a call at the turn's end. */
const MEASURE_AFTER = 64

let chunks = 0
/** This turn is being measured. */
let measuring = false
let busy = false

/**
 * True while turns are busy. Then answers are better written for several sockets together, since peers are at work and
 * need not be woken; otherwise they should not wait.
 */
export function isBusy(): boolean {
  return busy
}

/** Counts a chunk of input that was read; true when `turnEnded` has to be called for this turn. */
export function countChunk(): boolean {
  chunks++
  return busy || measuring || chunks >= MEASURE_AFTER
}

/** The chunks are those of one turn only if counted from the end of another. A turn without any says nothing. */
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
