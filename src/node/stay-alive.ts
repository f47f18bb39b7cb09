/** The longest interval of a timer, in milliseconds. */
const LONGEST = 2 ** 31 - 1

/**
 * Keeps the process alive until `done` settles. What a stop waits for may not do that: neither a connection that is not
 * read nor a timer of `systemClock` does, and the process would end with the stop, and what follows it, undone.
 */
export function stayAlive(done: Promise<void>): Promise<void> {
  const timer = setInterval(() => {}, LONGEST)
  return done.finally(() => clearInterval(timer))
}
