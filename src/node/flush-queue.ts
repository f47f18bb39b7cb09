/** Something that has output waiting. */
export interface Flushable {
  flush(): void
}

/** A turn of the event loop that brings so many chunks of input is a busy one. */
const BUSY = 4

/** While there is little to do, one turn is looked at after so many chunks. */
const LOOK_AFTER = 64

/** So many answers wait at most: none waits for more handlers than that. */
const MOST_ANSWERS = 32

let waiting: Flushable[] = []
let answers: Flushable[] = []
let scheduled = false
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

/** Tells that a chunk of input was read. */
export function countChunk(): void {
  chunks++
  if (busy || looking || chunks >= LOOK_AFTER) schedule()
}

/** Flushes `target` once, at the end of this turn of the event loop: what is sent until then goes out together. */
export function flushSoon(target: Flushable): void {
  schedule()
  waiting.push(target)
}

/** Flushes `target` at the end of this turn at the latest: what answers a chunk of input, while turns are busy. */
export function answerSoon(target: Flushable): void {
  schedule()
  answers.push(target)
  if (answers.length >= MOST_ANSWERS) flushAnswers()
}

function schedule(): void {
  if (scheduled) return
  scheduled = true
  setImmediate(endTurn)
}

function endTurn(): void {
  scheduled = false
  look()
  flushAnswers()
  const targets = waiting
  waiting = []
  for (const target of targets) target.flush()
}

function flushAnswers(): void {
  const targets = answers
  answers = []
  for (const target of targets) target.flush()
}

/** Chunks are those of one turn only if they were counted from the end of another one. A turn without any tells nothing. */
function look(): void {
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
