import type { Clock } from '../websocket/support/clock.ts'
import { isPromiseLike, type MaybePromise } from '../websocket/support/maybe-promise.ts'
import type { WsStatus } from '../websocket/ws-status.ts'
import type { StopPlan } from './stop-plan.ts'

/** What a stop asks of a socket. */
export interface Stoppable {
  /** Closes, with `closeTimeout` milliseconds for the peer to finish the handshake. */
  shutDown(status: WsStatus, closeTimeout: number): void
  terminate(): void
}

/** The open sockets of one server, and their consumers. */
export class OpenSockets {
  readonly #clock: Clock
  readonly #sockets = new Set<Stoppable>()
  /** How many consumers have not settled. */
  #working = 0
  #stopping = false
  #emptied: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#sockets.size
  }

  /** True once `stop` was called: no socket may be added. */
  get stopping(): boolean {
    return this.#stopping
  }

  add(socket: Stoppable): void {
    this.#sockets.add(socket)
  }

  /** False when it was not there. */
  delete(socket: Stoppable): boolean {
    const deleted = this.#sockets.delete(socket)
    this.#look()
    return deleted
  }

  /** Has a stop wait for a consumer, too: it may have something to finish once its socket is gone. */
  waitFor(consumed: MaybePromise<void>): void {
    if (!isPromiseLike(consumed)) return
    this.#working++
    // Settles once, whatever a thenable does.
    void Promise.resolve(consumed).then(this.#settled)
  }

  /**
   * Closes every socket, terminates what is left at the deadline, and resolves when all are gone and their consumers have
   * settled, at the deadline in any case. Call it once.
   */
  async stop({ drain, over, status }: StopPlan): Promise<void> {
    this.#stopping = true
    if (this.#empty) return
    const emptied = new Promise<void>((resolve) => {
      this.#emptied = resolve
    })
    const cancels: (() => void)[] = []
    for (const socket of this.#sockets) {
      const close = (): void => socket.shutDown(status, drain)
      if (over > 0) cancels.push(this.#clock.after(Math.random() * over, close))
      else close()
    }
    cancels.push(this.#clock.after(drain, () => this.#letGo()))
    await emptied
    for (const cancel of cancels) cancel()
  }

  get #empty(): boolean {
    return this.#sockets.size === 0 && this.#working === 0
  }

  #look(): void {
    if (this.#empty) this.#emptied?.()
  }

  // One function for all of them.
  readonly #settled = (): void => {
    this.#working--
    this.#look()
  }

  #letGo(): void {
    for (const socket of this.#sockets) socket.terminate()
    this.#emptied?.()
  }
}
