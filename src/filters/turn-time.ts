import { type Clock, systemClock } from '../websocket/support/clock.ts'

/** The part of `process` that is used, of Node and of runtimes like it. */
interface Ticks {
  nextTick?(fn: () => void): void
}

const settled = Promise.resolve()
const { process: ticks } = globalThis as { readonly process?: Ticks | undefined }
// Kept, since tests replace it with fakes: if one of them never ran a tick, time would stand still for good.
const nextTick = ticks?.nextTick?.bind(ticks)
let known: number | undefined

function forget(): void {
  known = undefined
}

/** The same until the code and the promises that run now are done: asking the clock costs as much as reading a frame. */
function timeOfTurn(): number {
  if (known === undefined) {
    known = systemClock.now()
    // A promise continues before those that are settled later, a tick after all of them.
    if (nextTick === undefined) void settled.then(forget)
    else nextTick(forget)
  }
  return known
}

/** The time of a clock, for counting message by message. That of the platform may be late by one turn of the loop. */
export function turnTime(clock: Clock): () => number {
  return clock === systemClock ? timeOfTurn : () => clock.now()
}
