import { Fifo } from '../support/fifo.ts'

/** A runtime's socket that can pause. */
export interface Pausable {
  /** Stops reading; what has been read by then may still be delivered. */
  pause(): void
  resume(): void
}

/** Pauses a runtime's socket, and keeps what the runtime had read already, or reads all the same. */
export class PausedMessages {
  readonly #transport: Pausable
  #holds = 0
  readonly #waiting = new Fifo<() => void>()
  #releasing = false
  #end: (() => void) | undefined

  constructor(transport: Pausable) {
    this.#transport = transport
  }

  /** True while nothing is delivered. */
  get held(): boolean {
    return this.#holds !== 0
  }

  /** True while something waits to be delivered. */
  get waits(): boolean {
    return this.#waiting.length > 0
  }

  /** Keeps a delivery for later. */
  keep(deliver: () => void): void {
    this.#waiting.push(deliver)
  }

  /** Keeps the end of the connection, behind all else. */
  keepEnd(end: () => void): void {
    this.#end = end
    this.keep(end)
  }

  /** The socket is about to close: if it is held, nobody will take what waits, and the end comes at once. */
  skip(): void {
    if (this.held) this.#end?.()
  }

  /** Sets or lifts one of several holds, a bit each. */
  hold(reason: number, on: boolean): void {
    const before = this.#holds
    this.#holds = on ? before | reason : before & ~reason
    if ((before === 0) === (this.#holds === 0)) return
    if (on) this.#transport.pause()
    else if (!this.#releasing) this.#release()
  }

  /** Drops what waits, and lets the runtime read on: the end of the connection is still to come. */
  end(): void {
    // A delivery may cause this: the release that it is part of finds nothing more.
    this.#waiting.clear()
    if (this.held) this.#transport.resume()
    this.#holds = 0
  }

  /** Delivers what waits, until it is held again. */
  #release(): void {
    const waiting = this.#waiting
    this.#releasing = true
    for (let next = waiting.first; next !== undefined && !this.held; next = waiting.first) {
      next()
      // Only now, so that what arrives meanwhile comes after it. `end` may have dropped it.
      if (waiting.first === next) waiting.shift()
    }
    this.#releasing = false
    if (!this.held) this.#transport.resume()
  }
}
