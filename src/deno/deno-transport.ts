import type { CloseReason } from '../protocol/close/close-reason.ts'
import { PolledTransport } from '../websocket/whole-messages/polled-transport.ts'

/** The most milliseconds that a close waits. */
const PATIENCE = 20

/** A WebSocket of Deno's server. */
export class DenoTransport extends PolledTransport {
  #hears = false
  #closed = false

  /** Deno drops the connection if a message comes after its `close`, which therefore waits for a silent millisecond. */
  override close(reason: CloseReason): void {
    this.#closeInSilence(reason, PATIENCE)
  }

  /** A pause of 0 is the end of a turn of the event loop: the shortest timer takes two milliseconds. */
  protected override later(pause: number, fn: () => void): void {
    const { setImmediate: nextTurn } = globalThis as { setImmediate?: (fn: () => void) => unknown }
    if (pause > 0 || nextTurn === undefined) super.later(pause, fn)
    else nextTurn(fn)
  }

  /**
   * Whether both sides have closed, by what Deno reports. After our Close, it takes a peer that leaves without an answer
   * for one that has answered with an empty Close, and calls that clean.
   */
  closedCleanly({ code, wasClean }: Pick<CloseEvent, 'code' | 'wasClean'>): boolean {
    return wasClean && !(this.#closed && code === 1005)
  }

  /** A message has come. */
  heard(): void {
    this.#hears = true
  }

  #closeInSilence(reason: CloseReason, patience: number): void {
    if (this.#hears && patience > 0) {
      this.#hears = false
      this.clock.after(1, () => this.#closeInSilence(reason, patience - 1))
    } else {
      this.#closed = this.open
      super.close(reason)
    }
  }
}
