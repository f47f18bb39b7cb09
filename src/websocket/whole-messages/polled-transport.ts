import type { CloseReason } from '../../protocol/close/close-reason.ts'
import type { Clock } from '../support/clock.ts'
import type { MessageTransport } from './message-transport.ts'

/** How often a runtime is asked whether it has sent before there are pauses. */
const EAGERNESS = 16

/** The longest pause, in milliseconds. */
const PATIENCE = 5

const OPEN = 1

/** What is lacking where the server's WebSockets have the interface of browsers. */
export const POLLED_LACKS = [
  'frames',
  'pause',
  'ping',
  'pings',
  'sendFrame',
  'onControl',
  'frameLimits',
  'terminate',
  'masked',
  'emptyFragments',
  'pendingPongs',
  'malformedText',
  'earlyText',
  'earlySize',
  'extensions',
  'heads',
  'headTimeout',
] as const

export type PolledLacks = (typeof POLLED_LACKS)[number]

/** The part of a runtime's WebSocket that is used here. */
export interface PolledSocket {
  readonly readyState: number
  /** Absent where the runtime does not count. */
  readonly bufferedAmount?: number | undefined
  send(content: string | Uint8Array<ArrayBuffer>): void
  close(code?: number, reason?: string): void
}

/** A server's end of a WebSocket with the interface of browsers: it does not tell when it has sent, so it is polled. */
export class PolledTransport<S extends PolledSocket = PolledSocket> implements MessageTransport {
  protected readonly socket: S
  protected readonly clock: Clock
  /** How often it was asked in vain since the peer took something. */
  #idle = 0

  constructor(socket: S, clock: Clock) {
    this.socket = socket
    this.clock = clock
  }

  get open(): boolean {
    return this.socket.readyState === OPEN
  }

  get bufferedAmount(): number {
    return this.socket.bufferedAmount ?? 0
  }

  send(content: string | Uint8Array<ArrayBuffer>): void {
    this.socket.send(content)
  }

  close({ code, message }: CloseReason): void {
    this.socket.close(code, message)
  }

  /** Such a connection cannot be dropped: to the peer, this is an empty Close. */
  terminate(): void {
    this.socket.close()
  }

  /** Asks without a pause while the peer takes something: a stream of messages waits here after each high-water mark. */
  whenDrained(look: () => void): void {
    const waiting = this.bufferedAmount
    const pause = Math.max(0, Math.min(this.#idle - EAGERNESS, PATIENCE))
    this.later(pause, () => {
      this.#idle = this.bufferedAmount < waiting ? 0 : this.#idle + 1
      look()
    })
  }

  /** Calls `fn` after a pause, in milliseconds, which may be 0. */
  protected later(pause: number, fn: () => void): void {
    this.clock.after(pause, fn)
  }
}
