import type { Duplex } from 'node:stream'
import { OpenSockets, type Stoppable } from '../serving/open-sockets.ts'
import { stopPlan } from '../serving/stop-plan.ts'
import type { Clock } from '../websocket/clock.ts'
import type { StopOptions } from '../websocket/server.ts'

/** What came to one server by upgrades: the open sockets, and the streams about which is still being decided or answered. */
export class SocketSet {
  readonly #clock: Clock
  readonly #sockets: OpenSockets
  readonly #streams = new Set<Duplex>()
  #stopped: Promise<void> | undefined
  #released: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
    this.#sockets = new OpenSockets(clock)
  }

  /** Open sockets. */
  get size(): number {
    return this.#sockets.size
  }

  /** True once `stop` was called: no socket is to be added. */
  get stopping(): boolean {
    return this.#sockets.stopping
  }

  /** Counts a stream until it is closed, or until the function that is returned is called. */
  hold(stream: Duplex): () => void {
    const release = (): void => {
      stream.off('close', release)
      this.#streams.delete(stream)
      if (this.#streams.size === 0) this.#released?.()
    }
    stream.on('close', release)
    this.#streams.add(stream)
    return release
  }

  add(socket: Stoppable): void {
    this.#sockets.add(socket)
  }

  delete(socket: Stoppable): void {
    this.#sockets.delete(socket)
  }

  /**
   * Closes every socket; resolves when all is gone, what lingers past the deadline by force. Repeated calls share one
   * promise. Throws a `RangeError` for options that cannot be.
   */
  stop(options: StopOptions = {}): Promise<void> {
    if (this.#stopped === undefined) {
      const plan = stopPlan(options)
      const streams = this.#streamsGone(plan.drain)
      this.#stopped = Promise.all([this.#sockets.stop(plan), streams]).then(() => {})
    }
    return this.#stopped
  }

  async #streamsGone(drain: number): Promise<void> {
    if (this.#streams.size === 0) return
    const released = new Promise<void>((resolve) => {
      this.#released = resolve
    })
    const cancel = this.#clock.after(drain, () => {
      for (const stream of this.#streams) stream.destroy()
      this.#released?.()
    })
    await released
    cancel()
  }
}
