import type { Frame } from '../protocol/frame.ts'
import { type Carried, frameOf } from './message-frames.ts'

/** How a channel ended: `receive` rejects with `error`; an iteration throws `failure`, or without one just ends. */
export interface End {
  readonly error: Error
  readonly failure: Error | undefined
}

/** Somebody who waits for a frame. */
export interface Receiver {
  give(item: Carried): void
  end(end: End): void
}

/** The receiver of a call of `receive`. */
export class FrameReceiver implements Receiver {
  readonly #resolve: (frame: Frame) => void
  readonly #reject: (reason: unknown) => void
  /** Called when it waits no longer. */
  settled: (() => void) | undefined

  constructor(resolve: (frame: Frame) => void, reject: (reason: unknown) => void) {
    this.#resolve = resolve
    this.#reject = reject
  }

  give(item: Carried): void {
    this.settled?.()
    this.#resolve(frameOf(item))
  }

  end({ error }: End): void {
    this.fail(error)
  }

  fail(reason: unknown): void {
    this.settled?.()
    this.#reject(reason)
  }
}

/** The receiver of a loop. */
export class IterationReceiver<T> implements Receiver {
  readonly #read: (item: Carried) => T
  readonly #resolve: (result: IteratorResult<T, undefined>) => void
  readonly #reject: (reason: unknown) => void

  constructor(
    read: (item: Carried) => T,
    resolve: (result: IteratorResult<T, undefined>) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#read = read
    this.#resolve = resolve
    this.#reject = reject
  }

  give(item: Carried): void {
    try {
      this.#resolve({ value: this.#read(item), done: false })
    } catch (thrown) {
      this.#reject(thrown)
    }
  }

  end({ failure }: End): void {
    if (failure === undefined) this.#resolve({ value: undefined, done: true })
    else this.#reject(failure)
  }
}
