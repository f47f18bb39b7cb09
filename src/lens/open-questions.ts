import type { Clock } from '../websocket/support/clock.ts'
import { onAbort } from '../websocket/support/on-abort.ts'

interface Waiting<in Answer> {
  readonly resolve: (answer: Answer) => void
  readonly reject: (reason: unknown) => void
  /** Ends the timer, and the wait for the signal. */
  readonly settle: () => void
}

/** When a question is given up. */
export interface Patience {
  /** Milliseconds. */
  readonly timeout: number
  readonly signal: AbortSignal | undefined
}

/** The questions of one socket, by their numbers. */
export class OpenQuestions<in out Answer> {
  readonly #clock: Clock
  readonly #waiting = new Map<number, Waiting<Answer>>()
  #last = 0
  #over: { readonly reason: unknown } | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether anything was asked yet. */
  get begun(): boolean {
    return this.#last > 0
  }

  /** Calls `send` with a new number, and waits. Rejects after `end`. */
  ask(send: (id: number) => void, { timeout, signal }: Patience): Promise<Answer> {
    return new Promise((resolve, reject) => {
      // Not every platform has throwIfAborted.
      if (signal?.aborted) throw signal.reason
      if (this.#over !== undefined) throw this.#over.reason
      const id = ++this.#last
      const giveUp = (reason: unknown): void => this.#take(id)?.reject(reason)
      const cancelTimer = this.#clock.after(timeout, () =>
        giveUp(new DOMException(`no answer came within ${timeout} ms`, 'TimeoutError')),
      )
      const forget = signal && onAbort(signal, () => giveUp(signal.reason))
      const settle = (): void => {
        cancelTimer()
        forget?.()
      }
      // First, since in memory the answer may come before `send` returns.
      this.#waiting.set(id, { resolve, reject, settle })
      try {
        send(id)
      } catch (thrown) {
        giveUp(thrown)
      }
    })
  }

  /** Takes an answer. False if nothing was asked with this number; true also if nobody waits for it any longer. */
  answered(id: number, answer: Answer): boolean {
    this.#take(id)?.resolve(answer)
    return Number.isInteger(id) && id > 0 && id <= this.#last
  }

  /** No answer can come any more. */
  end(reason: unknown): void {
    this.#over = { reason }
    for (const id of this.#waiting.keys()) this.#take(id)?.reject(reason)
  }

  #take(id: number): Waiting<Answer> | undefined {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    waiting?.settle()
    return waiting
  }
}
