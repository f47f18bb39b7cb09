import { quote } from '../errors/quote.ts'
import { equalsIgnoreCase, isToken } from './token.ts'

/** One line of an HTTP head: name, in any case, and value. */
export type HeaderField = readonly [name: string, value: string]

/** What the constructor of `Headers` takes: `HeadersInit`, a name that only the types of the DOM have. */
export type HeadersInput = NonNullable<ConstructorParameters<typeof Headers>[0]>

/** The headers of the handshake itself: a user's own would break it, or smuggle something in. */
const RESERVED: ReadonlySet<string> = new Set([
  'upgrade',
  'connection',
  'sec-websocket-accept',
  'sec-websocket-extensions',
  'sec-websocket-key',
  'sec-websocket-protocol',
  'sec-websocket-version',
  'content-length',
  'transfer-encoding',
])

/** The value of a header among `fields`, several joined by `, `; `null` when there is none. */
export function fieldValue(fields: readonly HeaderField[], name: string): string | null {
  let joined: string | null = null
  for (const [other, value] of fields) {
    if (equalsIgnoreCase(other, name)) joined = joined === null ? value : `${joined}, ${value}`
  }
  return joined
}

/**
 * A user's headers, in their order and case. Throws a `TypeError` that names the header: for one that belongs to the
 * handshake, for a name that is not a token, and for a value that is missing or cannot stand on one line.
 */
export function userFields(headers: HeadersInput | undefined): readonly HeaderField[] {
  if (headers === undefined) return []
  const fields = Symbol.iterator in headers ? [...headers] : Object.entries(headers)
  return fields.map(([name, value]) => {
    // Not every caller is type-checked: it would be sent as the text 'undefined' or 'null', or fail far from here.
    if ((value ?? undefined) === undefined) {
      throw new TypeError(`header ${quote(name)} has no value: leave it out`)
    }
    checkField(name, value)
    if (RESERVED.has(name.toLowerCase())) {
      throw new TypeError(
        `header ${quote(name)} belongs to the handshake and cannot be set: leave it out (a subprotocol and extensions have options of their own)`,
      )
    }
    return [name, value]
  })
}

/**
 * The head of an HTTP/1.1 message, to be sent as Latin-1. Throws a `TypeError` when the start line or a field would
 * not stay on its line.
 */
export function formatHead(startLine: string, fields: readonly HeaderField[]): string {
  if (!isLine(startLine)) throw unsendable(startLine, 'the start line')
  return `${startLine}\r\n${formatFields(fields)}\r\n`
}

/** Fields, a line each. Throws a `TypeError` for one that would not stay on its line. */
export function formatFields(fields: readonly HeaderField[]): string {
  let lines = ''
  for (const [name, value] of fields) {
    checkField(name, value)
    lines += `${name}: ${value}\r\n`
  }
  return lines
}

function checkField(name: string, value: string): void {
  if (!isToken(name)) {
    throw new TypeError(
      `${quote(name)} cannot be a header's name: it must be a token (RFC 9110, section 5.1)`,
    )
  }
  if (!isLine(value)) throw unsendable(value, `the value of header ${quote(name)}`)
}

/** Control characters except the tab, and characters that are not in Latin-1: neither can be sent. */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/

/** True for text that can be sent on a line of an HTTP head, as Latin-1. */
export function isLine(text: string): boolean {
  return !UNSENDABLE.test(text)
}

function unsendable(text: string, place: string): TypeError {
  const index = text.search(UNSENDABLE)
  return new TypeError(
    `${place} has ${quote(text.charAt(index))} at index ${index}: only printable ASCII, spaces, tabs and Latin-1 can be sent (RFC 9110, section 5.5)`,
  )
}
