const TCHAR = /* @__PURE__ */ tokenCharacters(
  "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
)

/** True for a character code that may stand in a token (RFC 9110, section 5.6.2). */
export function isTokenCode(code: number): boolean {
  return TCHAR[code] === 1
}

/** True for one token character or more (RFC 9110, section 5.6.2). */
export function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (!isTokenCode(text.charCodeAt(i))) return false
  }
  return text.length > 0
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

/** Equality but for the case of A to Z: unlike `toLowerCase`, it leaves a Kelvin sign a Kelvin sign. */
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

function tokenCharacters(characters: string): Uint8Array {
  const table = new Uint8Array(128)
  for (const character of characters) table[character.charCodeAt(0)] = 1
  return table
}
