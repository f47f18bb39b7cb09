/** A runtime's socket that can pause. */
export interface Pausable {
  /** Stops reading; what has been read by then may still be delivered. */
  pause(): void
  resume(): void
}

/** Pauses a runtime's socket. What the runtime had read already, or reads all the same, waits here. */
export class MessageHold {
  readonly #transport: Pausable
  #holds = 0
  #waiting: (() => void)[] = []
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
    // In place, for a delivery may cause this: the release that it is part of stops, too.
    this.#waiting.length = 0
    if (this.held) this.#transport.resume()
    this.#holds = 0
  }

  /** Delivers what waits, until it is held again. */
  #release(): void {
    const waiting = this.#waiting
    let delivered = 0
    this.#releasing = true
    while (!this.held && delivered < waiting.length) waiting[delivered++]!()
    this.#releasing = false
    this.#waiting = waiting.slice(delivered)
    if (!this.held) this.#transport.resume()
  }
}
