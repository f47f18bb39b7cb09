import { LONGEST_WAIT } from '../websocket/support/clock.ts'

/**
 * Keeps the process alive until `done` settles. What a stop waits for may not do that: neither a connection that is not
 * read nor a timer of `systemClock` does, and the process would end with the stop, and what follows it, undone.
 */
export function stayAlive(done: Promise<void>): Promise<void> {
  const timer = setInterval(() => {}, LONGEST_WAIT)
  return done.finally(() => clearInterval(timer))
}
