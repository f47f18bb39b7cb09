import type { Carried } from './message-frames.ts'

/** How a channel ended: `receive` rejects with `error`; an iteration throws `failure`, or without one just ends. */
export interface End {
  readonly error: unknown
  readonly failure: Error | undefined
}

/** What a call makes of an item or, without one, of the end. It rejects with what this throws. */
export type Outcome<T> = (item: Carried | undefined, end: End | undefined) => T

/** Somebody who waits for a frame. */
export interface Waiting {
  settle(item: Carried | undefined, end?: End): void
}

/** A call that waits. */
export class Receiver<T> implements Waiting {
  readonly #outcome: Outcome<T>
  readonly #resolve: (value: T) => void
  readonly #reject: (reason: unknown) => void

  constructor(outcome: Outcome<T>, resolve: (value: T) => void, reject: (reason: unknown) => void) {
    this.#outcome = outcome
    this.#resolve = resolve
    this.#reject = reject
  }

  settle(item: Carried | undefined, end?: End): void {
    try {
      this.#resolve(this.#outcome(item, end))
    } catch (thrown) {
      this.#reject(thrown)
    }
  }
}
