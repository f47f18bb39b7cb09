import type { Clock } from './clock.ts'

/** What a heartbeat needs of a connection. */
export interface HeartbeatTarget {
  /** No Pong can arrive while reading is paused. */
  readonly paused: boolean
  ping(data: Uint8Array<ArrayBuffer>): void
  /** No Pong came in time. */
  timedOut(): void
}

/**
 * Sends a Ping each interval after the last one was answered, and waits for the Pong with exactly its payload
 * (RFC 6455, section 5.5.3).
 */
export class Heartbeat {
  readonly #target: HeartbeatTarget
  readonly #clock: Clock
  readonly #interval: number
  readonly #timeout: number
  #cancel: () => void
  #expected: Uint8Array | undefined

  /** Times in milliseconds; the first Ping goes out one interval from now. */
  constructor(target: HeartbeatTarget, clock: Clock, interval: number, timeout: number) {
    this.#target = target
    this.#clock = clock
    this.#interval = interval
    this.#timeout = timeout
    this.#cancel = clock.after(interval, this.#ping)
  }

  /** True when this Pong was the one waited for. */
  pong(payload: Uint8Array): boolean {
    if (this.#expected === undefined || !sameBytes(this.#expected, payload)) return false
    this.#expected = undefined
    this.#cancel()
    this.#cancel = this.#clock.after(this.#interval, this.#ping)
    return true
  }

  stop(): void {
    this.#cancel()
    this.#expected = undefined
  }

  readonly #ping = (): void => {
    const payload = crypto.getRandomValues(new Uint8Array(8))
    this.#expected = payload
    this.#cancel = this.#clock.after(this.#timeout, this.#expire)
    this.#target.ping(payload)
  }

  readonly #expire = (): void => {
    if (this.#target.paused) this.#cancel = this.#clock.after(this.#timeout, this.#expire)
    else this.#target.timedOut()
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, i) => octet === b[i])
}
