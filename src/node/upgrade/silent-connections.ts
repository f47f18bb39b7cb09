import type { Socket } from 'node:net'

/** Connections that have not sent anything yet. */
export interface SilentConnections {
  add(socket: Socket): void
  delete(socket: Socket): void
  /** Drops all of them, and each that is added later. */
  close(): void
}

/** `overdue` gets those that stay silent for `patience` milliseconds, or for up to twice as long. */
export function silentConnections(
  patience: number,
  overdue: (socket: Socket) => void,
): SilentConnections {
  /** Those added since the last look at them, and those from before. */
  let young = new Set<Socket>()
  let old = new Set<Socket>()
  let timer: NodeJS.Timeout | undefined
  let closed = false

  function look(): void {
    const late = old
    old = young
    young = new Set()
    for (const socket of late) if (!socket.destroyed) overdue(socket)
    if (old.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  return {
    add(socket) {
      if (closed) {
        socket.destroy()
        return
      }
      young.add(socket)
      timer ??= setInterval(look, patience)
      // In a DOM, as tests of pages have, it is a number.
      if (typeof timer === 'object') timer.unref()
    },
    delete(socket) {
      if (!young.delete(socket)) old.delete(socket)
    },
    close() {
      closed = true
      for (const socket of [...young, ...old]) socket.destroy()
    },
  }
}
