/** The longest wait of a timer, 24 days in milliseconds: platforms take a longer one for none at all. */
export const LONGEST_WAIT: number = 2 ** 31 - 1

/** Where time comes from, so that tests can turn it by hand. */
export interface Clock {
  /** Milliseconds, monotonic, from an arbitrary start. */
  now(): number
  /** Calls `fn` once after `delay` milliseconds, unless the function it returns is called before. */
  after(delay: number, fn: () => void): () => void
}

/** The platform's timers. They do not keep a process alive by themselves. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(delay, fn) {
    const timer = setTimeout(fn, delay)
    if (typeof timer === 'object') timer.unref()
    return () => clearTimeout(timer)
  },
}
