import { legible } from '../protocol/quote.ts'

/** Causes that are shown, at most. */
const DEPTH = 4

/**
 * Whatever was thrown, for a log, with stack and causes. Messages quote what peers send (those of `JSON.parse` do), so
 * each stands on one line, and steers no terminal.
 */
export function showError(thrown: unknown, depth: number = DEPTH): string {
  if (!(thrown instanceof Error)) return legible(String(thrown))
  const { message, stack = '', cause } = thrown
  const end = stack.indexOf(`${message}\n    at `)
  const frames = end < 0 ? '' : stack.slice(end + message.length)
  const own = legible(String(thrown)) + frames
  return cause === undefined || depth === 0
    ? own
    : `${own}\ncaused by ${showError(cause, depth - 1)}`
}
