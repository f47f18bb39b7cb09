import type { Frame } from '../protocol/frame.ts'

/** How a channel ended: an iteration is silent unless there is a failure; `receive` rejects with `error` in any case. */
export interface End {
  readonly error: Error
  readonly failure: Error | undefined
}

/** One who waits for a frame. */
export interface Receiver {
  give(frame: Frame): void
  end(end: End): void
}

/** Waits with `receive`. */
export class FrameReceiver implements Receiver {
  readonly #resolve: (frame: Frame) => void
  readonly #reject: (reason: unknown) => void
  /** Called when it waits no longer. */
  settled: (() => void) | undefined

  constructor(resolve: (frame: Frame) => void, reject: (reason: unknown) => void) {
    this.#resolve = resolve
    this.#reject = reject
  }

  give(frame: Frame): void {
    this.settled?.()
    this.#resolve(frame)
  }

  end({ error }: End): void {
    this.fail(error)
  }

  fail(reason: unknown): void {
    this.settled?.()
    this.#reject(reason)
  }
}

type FrameResult = IteratorResult<Frame, undefined>

/** Waits in a loop. */
export class IterationReceiver implements Receiver {
  readonly #resolve: (result: FrameResult) => void
  readonly #reject: (reason: unknown) => void

  constructor(resolve: (result: FrameResult) => void, reject: (reason: unknown) => void) {
    this.#resolve = resolve
    this.#reject = reject
  }

  give(frame: Frame): void {
    this.#resolve({ value: frame, done: false })
  }

  end({ failure }: End): void {
    if (failure === undefined) this.#resolve({ value: undefined, done: true })
    else this.#reject(failure)
  }
}
