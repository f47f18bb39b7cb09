import { legible } from '../../protocol/errors/quote.ts'
import { textOf } from '../../protocol/errors/thrown.ts'

/** The most causes that are shown. */
const DEPTH = 4
/** The most characters that are shown of an object. */
const CONTENT = 256

/**
 * Whatever was thrown, for a log, with stack and causes. Messages may quote what a peer sent, as those of `JSON.parse`
 * do: each is kept on one line, and cannot control a terminal. Never throws, as getters and proxies may.
 */
export function showError(thrown: unknown, depth: number = DEPTH): string {
  try {
    if (!(thrown instanceof Error)) return legible(contentOf(thrown))
    const { message, stack = '', cause } = thrown
    const end = stack.indexOf(`${message}\n    at `)
    const frames = end < 0 ? '' : stack.slice(end + message.length)
    const own = legible(textOf(thrown)) + frames
    return cause === undefined || depth === 0
      ? own
      : `${own}\ncaused by ${showError(cause, depth - 1)}`
  } catch {
    return legible(textOf(thrown))
  }
}

/** Plain objects and lists of them, such as the issues of a schema, as JSON: their text would say nothing. */
function contentOf(thrown: unknown): string {
  const text = textOf(thrown)
  if (!text.includes('[object Object]')) return text
  try {
    return JSON.stringify(thrown).slice(0, CONTENT)
  } catch {
    return text
  }
}
