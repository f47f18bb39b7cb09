import type { Clock } from '../websocket/support/clock.ts'
import type { WsStatus } from '../websocket/ws-status.ts'
import type { StopPlan } from './stop-plan.ts'

/** What a stop asks of a socket. */
export interface Stoppable {
  /** Closes, with `closeTimeout` milliseconds for the peer to finish the handshake. */
  shutDown(status: WsStatus, closeTimeout: number): void
  terminate(): void
}

/** The open sockets of one server. */
export class OpenSockets {
  readonly #clock: Clock
  readonly #sockets = new Set<Stoppable>()
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
    if (this.#sockets.size === 0) this.#emptied?.()
    return deleted
  }

  /** Closes every socket, terminates what is left at the deadline, and resolves when all are gone. Call it once. */
  async stop({ drain, over, status }: StopPlan): Promise<void> {
    this.#stopping = true
    if (this.#sockets.size === 0) return
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

  #letGo(): void {
    for (const socket of this.#sockets) socket.terminate()
    this.#emptied?.()
  }
}
