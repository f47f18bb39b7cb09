import type { CloseReason } from '../protocol/close-reason.ts'
import type { Clock } from '../websocket/clock.ts'
import type { MessageTransport } from '../websocket/message-transport.ts'

/** How often Deno, which does not tell, is asked whether it has sent, in milliseconds. */
const POLL = 5

/** For how many milliseconds a close waits at most. */
const PATIENCE = 20

/** A WebSocket of Deno's server. */
export class DenoTransport implements MessageTransport {
  /** Deno's socket does not know its own. */
  readonly protocol: string
  readonly #socket: WebSocket
  readonly #clock: Clock
  #hears = false

  constructor(socket: WebSocket, protocol: string, clock: Clock) {
    this.#socket = socket
    this.protocol = protocol
    this.#clock = clock
  }

  get open(): boolean {
    return this.#socket.readyState === 1
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount
  }

  send(content: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(content)
  }

  /** At a message after its `close`, Deno drops the connection: so that waits for a millisecond without one. */
  close(reason: CloseReason): void {
    this.#closeInSilence(reason, PATIENCE)
  }

  /** Deno cannot drop a connection: to the peer, this is an empty Close. */
  terminate(): void {
    this.#socket.close()
  }

  whenDrained(look: () => void): void {
    this.#clock.after(POLL, look)
  }

  /** A message has come. */
  heard(): void {
    this.#hears = true
  }

  #closeInSilence(reason: CloseReason, patience: number): void {
    if (this.#hears && patience > 0) {
      this.#hears = false
      this.#clock.after(1, () => this.#closeInSilence(reason, patience - 1))
    } else {
      this.#socket.close(reason.code, reason.message)
    }
  }
}
