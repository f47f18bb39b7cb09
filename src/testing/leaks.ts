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

class Watch {
  readonly #begun = new Set<Begun>()

  constructor() {
    watches.add(this)
  }

  get leaks(): Leak[] {
    return [...this.#begun].map(({ describe, origin }) => ({ what: describe(), origin }))
  }

  began(begun: Begun): void {
    this.#begun.add(begun)
  }

  ended(begun: Begun): void {
    this.#begun.delete(begun)
  }

  verify(): void {
    watches.delete(this)
    const { leaks } = this
    if (leaks.length > 0) throw new LeakError(leaks)
  }

  giveUp(): void {
    watches.delete(this)
  }
}

const watches = new Set<Watch>()

/**
 * Watches, from now on, the sockets that this kit opens, the timers of virtual clocks, and those that its clients set. It
 * cannot tell apart tests that run at the same time in one process.
 */
export function leakCheck(): LeakCheck {
  const watch = new Watch()
  return {
    get leaks() {
      return watch.leaks
    },
    verify: () => watch.verify(),
    [Symbol.dispose]: () => watch.verify(),
  }
}

/** The test, and then a check: `test('echoes', withLeakCheck(() => { ... }))`. A test that fails by itself is not checked. */
export function withLeakCheck<A extends readonly unknown[]>(
  run: (...args: A) => unknown,
): (...args: A) => Promise<void> {
  return async (...args) => {
    const watch = new Watch()
    try {
      await run(...args)
      watch.verify()
    } finally {
      watch.giveUp()
    }
  }
}

/** Tells whoever watches of something that has to end; to be called when it has. */
export function began(describe: () => string): () => void {
  if (watches.size === 0) return NOTHING
  const begun = { describe, origin: shortStack() }
  const told = [...watches]
  for (const watch of told) watch.began(begun)
  return () => {
    for (const watch of told) watch.ended(begun)
  }
}

const NOTHING = (): void => {}
