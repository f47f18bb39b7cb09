import type { Readable, Writable } from 'node:stream'

export type Interrupt = 'SIGINT' | 'SIGTERM'

/** The part of `process` that a command uses, or a stand-in for it. */
export interface Shell {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: Writable & { readonly isTTY?: boolean }
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  on(signal: Interrupt, fn: () => void): unknown
  off(signal: Interrupt, fn: () => void): unknown
}

/** In milliseconds: npx passes a Ctrl-C on to a process that has had it from the terminal already. */
const SAME = 200

/**
 * Calls `fn` for SIGINT and SIGTERM, which then do not end the process; returns a function that removes the listener.
 * Signals that come together are one.
 */
export function onInterrupt(shell: Shell, fn: () => void): () => void {
  let last = -Infinity
  const signalled = (): void => {
    const now = Date.now()
    if (now - last < SAME) return
    last = now
    fn()
  }
  shell.on('SIGINT', signalled)
  shell.on('SIGTERM', signalled)
  return () => {
    shell.off('SIGINT', signalled)
    shell.off('SIGTERM', signalled)
  }
}
