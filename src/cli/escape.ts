/** Control characters (C0, DEL, C1), line separators, and what turns the direction of writing. */
const UNSAFE = /\p{Cc}|\p{Bidi_Control}|[\u2028\u2029]/gu

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
  return text.replace(UNSAFE, (character) => NAMED.get(character) ?? escaped(character))
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
