import { countChunk, turnEnded } from './busy-turns.ts'
import { nextTurn } from './next-turn.ts'

/** Something that has output waiting. */
export interface Flushable {
  /** Never throws. */
  flush(): void
}

/** When this many answers wait, they are flushed, so that none waits for more handlers than that. */
const MOST_ANSWERS = 32

let waiting: Flushable[] = []
let answers: Flushable[] = []
let scheduled = false

/** Call this for each chunk of input that was read. */
export function chunkRead(): void {
  if (countChunk()) schedule()
}

/** Flushes `target` once, at the end of this turn of the event loop: what is sent until then goes out together. */
export function flushSoon(target: Flushable): void {
  schedule()
  waiting.push(target)
}

/** Flushes `target` at the end of this turn or before: for answers to a chunk of input, while turns are busy. */
export function answerSoon(target: Flushable): void {
  schedule()
  answers.push(target)
  if (answers.length >= MOST_ANSWERS) flushAnswers()
}

function schedule(): void {
  if (scheduled) return
  scheduled = true
  nextTurn(endTurn)
}

function endTurn(): void {
  scheduled = false
  turnEnded()
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
