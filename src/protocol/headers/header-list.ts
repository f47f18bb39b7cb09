import { isSpaceCode, isToken, tokenEnd } from './token.ts'

/** A position in a header's value that only moves forward, so that parsing takes linear time. */
export class HeaderCursor {
  readonly #text: string
  #position = 0

  constructor(text: string) {
    this.#text = text
  }

  get atEnd(): boolean {
    return this.#position >= this.#text.length
  }

  skipSpace(): void {
    while (isSpaceCode(this.#text.charCodeAt(this.#position))) this.#position++
  }

  /** Moves past `character` when it comes next. */
  take(character: string): boolean {
    if (this.#text.charCodeAt(this.#position) !== character.charCodeAt(0)) return false
    this.#position++
    return true
  }

  /** The token that comes next; `undefined` when none does. */
  token(): string | undefined {
    const start = this.#position
    this.#position = tokenEnd(this.#text, start)
    return this.#position > start ? this.#text.slice(start, this.#position) : undefined
  }

  /** The rest of a quoted string that must hold a token (RFC 6455, section 9.1); `undefined` when it holds none. */
  quotedToken(): string | undefined {
    let value = ''
    while (!this.take('"')) {
      this.take('\\')
      const character = this.#text.charAt(this.#position)
      if (!isToken(character)) return undefined
      this.#position++
      value += character
    }
    return value === '' ? undefined : value
  }
}

/**
 * Parses a comma-separated list of one or more elements; empty ones are skipped (RFC 9110, section 5.6.1). `element`
 * parses one, and returns `undefined` if it is malformed; the list is then `undefined`, too.
 */
export function parseList<T>(
  value: string,
  element: (cursor: HeaderCursor) => T | undefined,
): readonly T[] | undefined {
  const cursor = new HeaderCursor(value)
  const elements: T[] = []
  for (;;) {
    cursor.skipSpace()
    if (cursor.atEnd) break
    if (cursor.take(',')) continue
    const next = element(cursor)
    if (next === undefined) return undefined
    elements.push(next)
    cursor.skipSpace()
    if (!cursor.take(',') && !cursor.atEnd) return undefined
  }
  return elements.length > 0 ? elements : undefined
}
