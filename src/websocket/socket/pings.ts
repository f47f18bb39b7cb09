import type { CloseReason } from '../../protocol/close/close-reason.ts'
import { PING_TIMEOUT } from '../../protocol/close/reason.ts'
import { PingTimeoutException } from '../errors.ts'
import type { Clock } from '../support/clock.ts'
import { duration } from '../support/option-checks.ts'
import type { PingTimes } from '../ws-link.ts'

/** What pings ask of their socket. */
export interface PingOwner {
  readonly state: 'open' | 'closing' | 'closed'
  /** No Pong can arrive while reading is paused. */
  readonly paused: boolean
  ping(data: Uint8Array<ArrayBuffer>): void
  /** Ends the connection for this cause, and tells the peer the reason. */
  fail(reason: CloseReason, cause: Error): void
}

/**
 * The pings of one socket: each is sent an interval after the last was answered. If no Pong comes in time that answers it,
 * or a Ping that the user has sent since, the connection fails. While reading is paused, the Ping goes out again and again
 * instead, and once it goes on, the Pong gets its whole time again. The times may be changed.
 */
export class Pings {
  readonly #owner: PingOwner
  readonly #clock: Clock
  #times: PingTimes
  #cancel: (() => void) | undefined
  /** The payload of the Ping whose Pong is waited for. */
  #expected: Uint8Array<ArrayBuffer> | undefined
  /** That of the newest Ping, which may be the user's, as a list: a peer may answer only that (RFC 6455, section 5.5.3). */
  #newest: string | undefined

  constructor(owner: PingOwner, clock: Clock, times: PingTimes) {
    this.#owner = owner
    this.#clock = clock
    this.#times = times
    this.#schedule()
  }

  get times(): PingTimes {
    return this.#times
  }

  set times(times: PingTimes) {
    this.stop()
    this.#times = times
    this.#schedule()
  }

  /** Any Ping goes out. */
  sent(payload: Uint8Array): void {
    if (this.#expected !== undefined) this.#newest = payload.join()
  }

  /** True when this Pong answers the timer's Ping. */
  pong(payload: Uint8Array): boolean {
    if (this.#expected === undefined) return false
    const octets = payload.join()
    const own = octets === this.#expected.join()
    if (own || octets === this.#newest) {
      this.stop()
      this.#schedule()
    }
    return own
  }

  /** Reading goes on: a Pong that has come meanwhile may be far behind what is to be read. */
  resumed(): void {
    if (this.#expected === undefined) return
    this.#cancel?.()
    this.#await(this.#expected)
  }

  stop(): void {
    this.#cancel?.()
    this.#expected = undefined
    this.#newest = undefined
  }

  #schedule(): void {
    const { pingInterval } = this.#times
    if (pingInterval <= 0 || this.#owner.state !== 'open') return
    const ping = (): void => this.#ping(crypto.getRandomValues(new Uint8Array(8)))
    this.#cancel = this.#clock.after(pingInterval, ping)
  }

  #ping(payload: Uint8Array<ArrayBuffer>): void {
    this.#expected = payload
    this.#await(payload)
    this.#owner.ping(payload)
  }

  #await(payload: Uint8Array<ArrayBuffer>): void {
    const { pingInterval, pongTimeout } = this.#times
    this.#cancel = this.#clock.after(pongTimeout, () => {
      // No Pong can be read. That nothing can be written any more tells of a connection that is lost.
      if (this.#owner.paused) {
        this.#cancel = this.#clock.after(pingInterval, () => this.#ping(payload))
      } else {
        // If the process stood still, a Pong that came meanwhile is read in this turn of the loop, after the timers.
        this.#cancel = this.#clock.after(0, () => this.#fail(pongTimeout))
      }
    })
  }

  #fail(pongTimeout: number): void {
    const cause = new PingTimeoutException(`no Pong came within ${pongTimeout} ms`)
    this.#owner.fail(PING_TIMEOUT, cause)
  }
}

/** The times of a new connection: one of frames sends no Ping until its user sets an interval. */
export function firstTimes({ pingInterval, pongTimeout }: PingTimes, frames: boolean): PingTimes {
  return { pingInterval: frames ? 0 : pingInterval, pongTimeout }
}

/** Times as they may be set on a link. Throws a `RangeError` that names what no timer can wait for. */
export function checkedPings({ pingInterval, pongTimeout }: PingTimes): PingTimes {
  return {
    pingInterval: duration('pingInterval', pingInterval),
    pongTimeout: duration('pongTimeout', pongTimeout),
  }
}
