import type { Duplex } from 'node:stream'
import { type StopPlan, stopPlan } from '../serving/stop-plan.ts'
import type { Clock } from '../websocket/clock.ts'
import type { ProtocolWebsocket } from '../websocket/protocol-websocket.ts'
import type { StopOptions } from '../websocket/server.ts'

/** What came to one server by upgrades: the open sockets, and the streams about which is still being decided or answered. */
export class SocketSet {
  readonly #clock: Clock
  readonly #sockets = new Set<ProtocolWebsocket>()
  readonly #streams = new Set<Duplex>()
  #stopping = false
  #stopped: Promise<void> | undefined
  #emptied: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Open sockets. */
  get size(): number {
    return this.#sockets.size
  }

  /** True once `stop` was called: no socket is to be added. */
  get stopping(): boolean {
    return this.#stopping
  }

  /** Counts a stream until it is closed, or until the function that is returned is called. */
  hold(stream: Duplex): () => void {
    const release = (): void => {
      stream.off('close', release)
      this.#streams.delete(stream)
      this.#check()
    }
    stream.on('close', release)
    this.#streams.add(stream)
    return release
  }

  add(socket: ProtocolWebsocket): void {
    this.#sockets.add(socket)
  }

  delete(socket: ProtocolWebsocket): void {
    this.#sockets.delete(socket)
    this.#check()
  }

  /**
   * Closes every socket; resolves when all is gone, what lingers past the deadline by force. Repeated calls share one
   * promise. Throws a `RangeError` for options that cannot be.
   */
  stop(options: StopOptions = {}): Promise<void> {
    this.#stopped ??= this.#stop(stopPlan(options))
    return this.#stopped
  }

  async #stop({ drain, over, status }: StopPlan): Promise<void> {
    this.#stopping = true
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
    this.#check()
    await emptied
    for (const cancel of cancels) cancel()
  }

  #letGo(): void {
    for (const socket of this.#sockets) socket.terminate()
    for (const stream of this.#streams) stream.destroy()
    this.#emptied?.()
  }

  #check(): void {
    if (this.#sockets.size === 0 && this.#streams.size === 0) this.#emptied?.()
  }
}
