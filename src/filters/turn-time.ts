import { type Clock, systemClock } from '../websocket/clock.ts'

/** Of Node, and of what is like it. */
interface Ticks {
  nextTick?(fn: () => void): void
}

const settled = Promise.resolve()
const { process: ticks } = globalThis as { readonly process?: Ticks | undefined }
// Kept, since tests put fakes in its place: a tick that one of them keeps would let time stand still ever after.
const nextTick = ticks?.nextTick?.bind(ticks)
let known: number | undefined

function forget(): void {
  known = undefined
}

/** The same until what runs now is done, or all the promises that go on now: to ask costs as much as to read a frame. */
function timeOfTurn(): number {
  if (known === undefined) {
    known = systemClock.now()
    // A promise's turn comes before those of promises that are settled later; a tick's behind all of them.
    if (nextTick === undefined) void settled.then(forget)
    else nextTick(forget)
  }
  return known
}

/** What a clock says, for what is counted message by message: the platform's may be late by one turn of the loop. */
export function turnTime(clock: Clock): () => number {
  return clock === systemClock ? timeOfTurn : () => clock.now()
}
