import type { StopOptions } from '../serving/engine.ts'
import type { ServerSettings } from '../serving/web-sockets.ts'
import type { ProtocolWebsocket } from '../websocket/protocol-websocket.ts'
import { WsStatus } from '../websocket/ws-status.ts'

/** How long a stop waits when nobody says, in milliseconds. */
export const DRAIN = 10_000

/** The open sockets of one server. */
export class SocketSet {
  readonly #settings: ServerSettings
  readonly #sockets = new Set<ProtocolWebsocket>()
  #stopping = false
  #empty: (() => void) | undefined

  constructor(settings: ServerSettings) {
    this.#settings = settings
  }

  get size(): number {
    return this.#sockets.size
  }

  /** True once `stop` was called: no more are to be added. */
  get stopping(): boolean {
    return this.#stopping
  }

  add(socket: ProtocolWebsocket): void {
    this.#sockets.add(socket)
  }

  delete(socket: ProtocolWebsocket): void {
    this.#sockets.delete(socket)
    if (this.#sockets.size === 0) this.#empty?.()
  }

  /** Closes every socket; resolves when all are gone, those that linger past the deadline by force. */
  async stop(options: StopOptions = {}): Promise<void> {
    const { drain = DRAIN, over = 0, status = WsStatus.GOING_AWAY } = options
    const { clock } = this.#settings
    this.#stopping = true
    if (this.#sockets.size === 0) return
    const emptied = new Promise<void>((resolve) => {
      this.#empty = resolve
    })
    const cancels = [...this.#sockets].map((socket) => {
      const close = (): void => socket.shutDown(status, drain)
      if (over > 0) return clock.after(Math.random() * over, close)
      close()
      return () => {}
    })
    const cancelDeadline = clock.after(drain, () => {
      for (const cancel of cancels) cancel()
      for (const socket of this.#sockets) socket.terminate()
    })
    if (this.#sockets.size > 0) await emptied
    cancelDeadline()
  }
}
