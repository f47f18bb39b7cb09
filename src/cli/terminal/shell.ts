import type { Readable, Writable } from 'node:stream'

export type Interrupt = 'SIGINT' | 'SIGTERM'

/** The part of `process` that a command uses, or a stand-in for it. */
export interface Shell {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: Writable & { readonly isTTY?: boolean }
  readonly stderr: Writable
  on(signal: Interrupt, fn: () => void): unknown
  off(signal: Interrupt, fn: () => void): unknown
}

/**
 * Calls `fn` for SIGINT and SIGTERM, which then do not end the process; returns a function that removes the listener.
 */
export function onInterrupt(shell: Shell, fn: () => void): () => void {
  shell.on('SIGINT', fn)
  shell.on('SIGTERM', fn)
  return () => {
    shell.off('SIGINT', fn)
    shell.off('SIGTERM', fn)
  }
}
