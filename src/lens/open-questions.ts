import type { Clock } from '../websocket/support/clock.ts'
import { onAbort } from '../websocket/support/on-abort.ts'
import type { WsMessage } from '../websocket/ws-message.ts'
import type { ReadLens } from './lens.ts'
import { LensFailure } from './lens-failure.ts'

/** An answer carries the number of its question. */
export interface Answering {
  readonly id: number
}

/** Reads answers. What it refuses is none. */
type AnswerLens<Answer extends Answering = Answering> = ReadLens<WsMessage, Answer>

interface Waiting {
  /** Of whoever has asked. */
  readonly lens: AnswerLens
  /** Takes what that lens has read. */
  resolve(answer: Answering): void
  reject(reason: unknown): void
  /** Ends the timer, and the wait for the signal. */
  settle(): void
}

/** When a question is given up. */
export interface Patience {
  readonly clock: Clock
  /** Milliseconds. */
  readonly timeout: number
  readonly signal: AbortSignal | undefined
}

/** The questions of one socket, by their numbers, whoever has asked them. */
export class OpenQuestions {
  readonly #waiting = new Map<number, Waiting>()
  #last = 0
  #over: { readonly reason: unknown } | undefined

  /** Whether anything was asked yet. */
  get begun(): boolean {
    return this.#last > 0
  }

  /** Calls `send` with a new number, and waits. Rejects after `end`. */
  ask<Answer extends Answering>(
    lens: AnswerLens<Answer>,
    send: (id: number) => void,
    { clock, timeout, signal }: Patience,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      // Not every platform has throwIfAborted.
      if (signal?.aborted) throw signal.reason
      if (this.#over !== undefined) throw this.#over.reason
      const id = ++this.#last
      const giveUp = (reason: unknown): void => this.#take(id)?.reject(reason)
      const cancelTimer = clock.after(timeout, () =>
        giveUp(new DOMException(`no answer came within ${timeout} ms`, 'TimeoutError')),
      )
      const forget = signal && onAbort(signal, () => giveUp(signal.reason))
      const settle = (): void => {
        cancelTimer()
        forget?.()
      }
      // First, since in memory the answer may come before `send` returns.
      const take = (answer: Answer): void => resolve(answer)
      this.#waiting.set(id, { lens, resolve: take, reject, settle })
      try {
        send(id)
      } catch (thrown) {
        giveUp(thrown)
      }
    })
  }

  /**
   * Takes an answer. False if by this lens it is none, if nothing was asked with its number, and if the lens of whoever
   * has asked refuses it; true also if nobody waits for it any longer.
   */
  answered(message: WsMessage, lens: AnswerLens): boolean {
    const read = readAnswer(lens, message)
    if (read === undefined) return false
    const { id } = read
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return Number.isInteger(id) && id > 0 && id <= this.#last
    const answer = waiting.lens === lens ? read : readAnswer(waiting.lens, message)
    if (answer === undefined) return false
    this.#take(id)?.resolve(answer)
    return true
  }

  /** No answer can come any more. */
  end(reason: unknown): void {
    this.#over = { reason }
    for (const id of this.#waiting.keys()) this.#take(id)?.reject(reason)
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    waiting?.settle()
    return waiting
  }
}

function readAnswer<T>(lens: ReadLens<WsMessage, T>, message: WsMessage): T | undefined {
  try {
    // The type of a lens may promise more than it checks.
    return lens(message) ?? undefined
  } catch (thrown) {
    if (thrown instanceof LensFailure) return undefined
    throw thrown
  }
}
