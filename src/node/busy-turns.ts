/** A turn of the event loop that brings so many chunks of input is a busy one. */
const BUSY = 4

/** While there is little to do, one turn is looked at after so many chunks. */
const LOOK_AFTER = 64

let chunks = 0
let looking = false
let busy = false

/**
 * True while turns are busy: then answers are better written after the chunks of several sockets than after each, since
 * a peer that is at work need not be woken. When there is little to do they should not wait.
 */
export function isBusy(): boolean {
  return busy
}

/** Counts a chunk of input that was read; true when `turnEnded` has to be called for this turn. */
export function countChunk(): boolean {
  chunks++
  return busy || looking || chunks >= LOOK_AFTER
}

/** Chunks are those of one turn only if they were counted from the end of another one. A turn without any tells nothing. */
export function turnEnded(): void {
  if (chunks === 0) return
  if (busy || looking) {
    busy = chunks >= BUSY
    looking = false
    chunks = 0
  } else if (chunks >= LOOK_AFTER) {
    looking = true
    chunks = 0
  }
}
