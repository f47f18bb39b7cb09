const SHOWN = 64

/**
 * `value` for an error message: in quotes, cut to 64 characters, with all but printable ASCII escaped, so that a peer
 * can neither forge a line of a log nor control a terminal.
 */
export function quote(value: string): string {
  const shown = value.length > SHOWN ? `${value.slice(0, SHOWN)}...` : value
  return `'${shown.replace(/[^ -~]|['\\]/g, quoted)}'`
}

/** `text` for people to read: what ends a line, controls a terminal or changes the direction of text is escaped. */
export function legible(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_C}\p{Zl}\p{Zp}]/gu, escaped)
}

function quoted(character: string): string {
  return character === "'" || character === '\\' ? `\\${character}` : escaped(character)
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** Bytes in hex, cut past `most`. */
export function hexOf(bytes: Uint8Array, most: number): string {
  const shown = Array.from(bytes.subarray(0, most), (octet) => octet.toString(16).padStart(2, '0'))
  return bytes.length > most ? [...shown, '...'].join(' ') : shown.join(' ')
}
