import type { Clock } from '../../websocket/support/clock.ts'
import { Fifo } from '../../websocket/support/fifo.ts'
import type { MaybePromise } from '../../websocket/support/maybe-promise.ts'

/** How many reads of one log are under way at once, for all topics. */
const AT_ONCE = 100

/** How long one of them is waited for, in seconds. */
const PATIENCE = 30

/** Reads a log for all topics: so many at once, and one that never ends holds up the others for a while only. */
export class LogCalls {
  readonly #clock: Clock
  readonly #waiting = new Fifo<() => void>()
  #underWay = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Calls `act` when it is its turn. Rejects if that takes too long then. */
  async call<T>(act: () => MaybePromise<T>): Promise<T> {
    if (this.#underWay < AT_ONCE) this.#underWay++
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    let cancel: (() => void) | undefined
    try {
      const late = new Promise<never>((_, reject) => {
        const error = (): Error => new Error(`it has not answered for ${PATIENCE} s`)
        cancel = this.#clock.after(PATIENCE * 1_000, () => reject(error()))
      })
      return await Promise.race([act(), late])
    } finally {
      cancel?.()
      const next = this.#waiting.shift()
      if (next === undefined) this.#underWay--
      else next()
    }
  }
}
