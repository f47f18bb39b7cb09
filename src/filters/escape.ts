/** What could control a terminal, end a line, or disguise text; and the backslash, which escapes it. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}\\]/gu

/** The text as part of one line of a log; past `most` characters it is cut. */
export function escapeText(text: string, most: number = Number.POSITIVE_INFINITY): string {
  const shown = text.slice(0, most).replace(UNSAFE, escaped)
  return text.length > most ? `${shown}...` : shown
}

function escaped(character: string): string {
  if (character === '\\') return '\\\\'
  if (character === '\n') return '\\n'
  return `\\u{${character.codePointAt(0)!.toString(16)}}`
}
