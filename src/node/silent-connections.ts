import type { Socket } from 'node:net'

/** Connections that have said nothing yet. */
export class SilentConnections {
  readonly #patience: number
  readonly #overdue: (socket: Socket) => void
  /** Those added since the last look at them, and those from before. */
  #young = new Set<Socket>()
  #old = new Set<Socket>()
  #timer: NodeJS.Timeout | undefined
  #closed = false

  /** Those that stay silent for `patience` milliseconds, or twice as long at most, go to `overdue`. */
  constructor(patience: number, overdue: (socket: Socket) => void) {
    this.#patience = patience
    this.#overdue = overdue
  }

  add(socket: Socket): void {
    if (this.#closed) {
      socket.destroy()
      return
    }
    this.#young.add(socket)
    this.#timer ??= setInterval(() => this.#look(), this.#patience).unref()
  }

  delete(socket: Socket): void {
    if (!this.#young.delete(socket)) this.#old.delete(socket)
  }

  /** Destroys them all, and those to come. */
  close(): void {
    this.#closed = true
    for (const socket of this.#young) socket.destroy()
    for (const socket of this.#old) socket.destroy()
    this.#young.clear()
    this.#old.clear()
  }

  #look(): void {
    const overdue = this.#old
    this.#old = this.#young
    this.#young = new Set()
    for (const socket of overdue) this.#overdue(socket)
    if (this.#old.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
