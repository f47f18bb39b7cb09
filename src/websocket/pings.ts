import type { CloseReason } from '../protocol/close-reason.ts'
import { PING_TIMEOUT } from '../protocol/reason.ts'
import type { Clock } from './clock.ts'
import { PingTimeoutException } from './errors.ts'
import { Heartbeat, type HeartbeatTarget } from './heartbeat.ts'
import { duration } from './option-checks.ts'
import type { PingTimes } from './ws-link.ts'

/** What pings ask of their socket. */
export interface PingOwner {
  readonly state: 'open' | 'closing' | 'closed'
  /** No Pong can arrive while reading is paused. */
  readonly paused: boolean
  ping(data: Uint8Array): void
  /** Ends the connection for this cause, and tells the peer the reason. */
  fail(reason: CloseReason, cause: Error): void
}

/** The pings of one socket, whose times may change: a heartbeat while there are any, which fails a silent connection. */
export class Pings implements HeartbeatTarget {
  readonly #owner: PingOwner
  readonly #clock: Clock
  #times: PingTimes
  #heartbeat: Heartbeat | undefined

  constructor(owner: PingOwner, clock: Clock, times: PingTimes) {
    this.#owner = owner
    this.#clock = clock
    this.#times = times
    this.#start()
  }

  get times(): PingTimes {
    return this.#times
  }

  set times(times: PingTimes) {
    this.stop()
    this.#times = times
    this.#start()
  }

  /** True when this Pong was the one waited for. */
  pong(payload: Uint8Array): boolean {
    return this.#heartbeat?.pong(payload) === true
  }

  stop(): void {
    this.#heartbeat?.stop()
    this.#heartbeat = undefined
  }

  get paused(): boolean {
    return this.#owner.paused
  }

  ping(data: Uint8Array): void {
    this.#owner.ping(data)
  }

  timedOut(): void {
    const error = new PingTimeoutException(`no Pong came within ${this.#times.pongTimeout} ms`)
    this.#owner.fail(PING_TIMEOUT, error)
  }

  #start(): void {
    const { pingInterval, pongTimeout } = this.#times
    if (pingInterval <= 0 || this.#owner.state !== 'open') return
    this.#heartbeat = new Heartbeat(this, this.#clock, pingInterval, pongTimeout)
  }
}

/** Times as they may be set on a link. Throws a `RangeError` that names what no timer can wait for. */
export function checkedPings({ pingInterval, pongTimeout }: PingTimes): PingTimes {
  return {
    pingInterval: duration('pingInterval', pingInterval),
    pongTimeout: duration('pongTimeout', pongTimeout),
  }
}
