const TOKEN = /[\w!#$%&'*+.^`|~-]*/y

/** Where the token that begins at `start` ends (RFC 9110, section 5.6.2); `start` if there is none. */
export function tokenEnd(text: string, start: number): number {
  TOKEN.lastIndex = start
  TOKEN.test(text)
  return TOKEN.lastIndex
}

/** True for one token character or more. */
export function isToken(text: string): boolean {
  return text !== '' && tokenEnd(text, 0) === text.length
}

/** True for a space or a tab, the optional whitespace of RFC 9110, section 5.6.3. */
export function isSpaceCode(code: number): boolean {
  return code === 0x20 || code === 0x09
}

/** `text` from `start` to `end`, without spaces and tabs around it. */
export function trimSpace(text: string, start = 0, end: number = text.length): string {
  let from = start
  let to = end
  while (from < to && isSpaceCode(text.charCodeAt(from))) from++
  while (from < to && isSpaceCode(text.charCodeAt(to - 1))) to--
  return text.slice(from, to)
}

/** Equality that ignores the case of A to Z alone: unlike with `toLowerCase`, a Kelvin sign is no `k`. */
export function equalsIgnoreCase(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) {
    if (lower(a.charCodeAt(i)) !== lower(b.charCodeAt(i))) return false
  }
  return true
}

function lower(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code + 0x20 : code
}
