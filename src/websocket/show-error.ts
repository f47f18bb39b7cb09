import { legible } from '../protocol/quote.ts'
import { textOf } from '../protocol/thrown.ts'

/** Causes that are shown, at most. */
const DEPTH = 4
/** Characters of what is in an object, at most. */
const CONTENT = 256

/**
 * Whatever was thrown, for a log, with stack and causes. Messages may quote what a peer sent, as those of `JSON.parse`
 * do: each is made to stand on one line, and to steer no terminal.
 */
export function showError(thrown: unknown, depth: number = DEPTH): string {
  if (!(thrown instanceof Error)) return legible(contentOf(thrown))
  const { message, stack = '', cause } = thrown
  const end = stack.indexOf(`${message}\n    at `)
  const frames = end < 0 ? '' : stack.slice(end + message.length)
  const own = legible(textOf(thrown)) + frames
  return cause === undefined || depth === 0
    ? own
    : `${own}\ncaused by ${showError(cause, depth - 1)}`
}

/** Plain objects and lists of them, such as the issues of a schema, by what is in them: their text would say nothing. */
function contentOf(thrown: unknown): string {
  const text = textOf(thrown)
  if (!text.includes('[object Object]')) return text
  try {
    return JSON.stringify(thrown).slice(0, CONTENT)
  } catch {
    return text
  }
}
