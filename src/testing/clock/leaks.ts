import { shortStack } from './short-stack.ts'

/** Sockets or timers were left behind. */
export class LeakError extends Error {
  override readonly name: string = 'LeakError'
  readonly leaks: readonly Leak[]

  constructor(leaks: readonly Leak[]) {
    const lines = leaks.map(({ what, origin }) => `- ${what}\n${origin}`)
    super(`left behind, ${leaks.length} in all:\n${lines.join('\n')}`)
    this.leaks = leaks
  }
}

/** What was left open. */
export interface Leak {
  /** Such as `a socket to /echo: client open, server open`. */
  readonly what: string
  /** Where it was made: the top of the stack, without the frames of this library. */
  readonly origin: string
}

/** Watches what begins, until it is verified. Disposing it is `verify()`. */
export interface LeakCheck extends Disposable {
  /** What has begun since, and has not ended. */
  readonly leaks: readonly Leak[]
  /** Ends the watch. Throws a `LeakError` when something has begun since and has not ended. */
  verify(): void
}

interface Begun {
  readonly describe: () => string
  readonly origin: string
}

/** What has begun since each check, and has not ended. */
const watches = new Set<Set<Begun>>()

/**
 * Watches, from now on, the sockets that this kit opens, the timers of virtual clocks, and those that its clients set. It
 * cannot tell apart tests that run at the same time in one process.
 */
export function leakCheck(): LeakCheck {
  const begun = watch()
  const verify = (): void => verified(begun)
  return {
    get leaks() {
      return leaksOf(begun)
    },
    verify,
    [Symbol.dispose]: verify,
  }
}

/** The test, and then a check: `test('echoes', withLeakCheck(() => { ... }))`. A test that fails by itself is not checked. */
export function withLeakCheck<A extends readonly unknown[]>(
  run: (...args: A) => unknown,
): (...args: A) => Promise<void> {
  return async (...args) => {
    const begun = watch()
    try {
      await run(...args)
      verified(begun)
    } finally {
      watches.delete(begun)
    }
  }
}

function watch(): Set<Begun> {
  const begun = new Set<Begun>()
  watches.add(begun)
  return begun
}

function verified(begun: Set<Begun>): void {
  watches.delete(begun)
  const leaks = leaksOf(begun)
  if (leaks.length > 0) throw new LeakError(leaks)
}

function leaksOf(begun: ReadonlySet<Begun>): Leak[] {
  return [...begun].map(({ describe, origin }) => ({ what: describe(), origin }))
}

/** Reports something that has to end to all checks; call the function returned when it has. */
export function began(describe: () => string): () => void {
  if (watches.size === 0) return NOTHING
  const one = { describe, origin: shortStack() }
  const told = [...watches]
  for (const begun of told) begun.add(one)
  return () => {
    for (const begun of told) begun.delete(one)
  }
}

const NOTHING = (): void => {}
