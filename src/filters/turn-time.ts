import { type Clock, systemClock } from '../websocket/clock.ts'

const settled = Promise.resolve()
let known: number | undefined

function forget(): void {
  known = undefined
}

/** The same until what runs now, and the promises that it settles, are done: to ask costs as much as to read a frame. */
function timeOfTurn(): number {
  if (known === undefined) {
    known = systemClock.now()
    void settled.then(forget)
  }
  return known
}

/** What a clock says, for what is counted message by message: the platform's may be late by one turn of the loop. */
export function turnTime(clock: Clock): () => number {
  return clock === systemClock ? timeOfTurn : () => clock.now()
}
