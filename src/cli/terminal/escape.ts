import { legible } from '../../protocol/errors/quote.ts'

const NAMED: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
])

/**
 * Text from a peer as one line for a terminal: what could steer the terminal, end the line, or show other text than
 * there is, stands as `\n` or `\u001b`. All else stays, backslashes too: this is for people, not to be read back.
 */
export function escapeText(text: string): string {
  return legible(text.replace(/[\n\r\t]/g, (character) => NAMED.get(character)!))
}
