import type { Duplex } from 'node:stream'
import { OpenSockets, type Stoppable } from '../serving/open-sockets.ts'
import { stopPlan } from '../serving/stop-plan.ts'
import type { Clock } from '../websocket/clock.ts'
import type { StopOptions } from '../websocket/server.ts'

/** The upgrades of one server: open sockets, and streams whose upgrade is still being decided or refused. */
export class SocketSet {
  readonly #all: OpenSockets
  /** How many of them are streams. */
  #streams = 0
  #stopped: Promise<void> | undefined

  constructor(clock: Clock) {
    this.#all = new OpenSockets(clock)
  }

  /** Open sockets. */
  get size(): number {
    return this.#all.size - this.#streams
  }

  /** True once `stop` was called: no socket is to be added. */
  get stopping(): boolean {
    return this.#all.stopping
  }

  /** Counts a stream until it is closed, or until the function that is returned is called. */
  hold(stream: Duplex): () => void {
    // A stop leaves it alone until the deadline: it is decided about, or answered, by then.
    const held: Stoppable = { shutDown() {}, terminate: () => stream.destroy() }
    const release = (): void => {
      stream.off('close', release)
      if (this.#all.delete(held)) this.#streams--
    }
    stream.on('close', release)
    this.#all.add(held)
    this.#streams++
    return release
  }

  add(socket: Stoppable): void {
    this.#all.add(socket)
  }

  delete(socket: Stoppable): void {
    this.#all.delete(socket)
  }

  /**
   * Closes every socket, terminates what is left at the deadline, and resolves when all are gone. Repeated calls share
   * one promise. Throws a `RangeError` for options that cannot be.
   */
  stop(options: StopOptions = {}): Promise<void> {
    this.#stopped ??= this.#all.stop(stopPlan(options))
    return this.#stopped
  }
}
