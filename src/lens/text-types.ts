import { isUint8Array } from '../protocol/bytes/content.ts'
import { isWellFormed } from '../protocol/bytes/well-formed.ts'
import { wrongType } from '../websocket/support/check-function.ts'
import { decodeBase64url, encodeBase64url } from './base64url.ts'
import type { Conversion } from './conversion.ts'
import { invalid } from './lens-failure.ts'
import { show } from './show.ts'

/** How a value stands in the text of a query, a header or a path. */
export type TextType<Out, In = Out> = Conversion<string, Out, In>

/** Any text that UTF-8 can carry. */
export const stringType: TextType<string> = {
  type: 'string',
  expected: 'text',
  read: (text) => text,
  write(value, at) {
    if (typeof value !== 'string') throw invalid(at, 'text', value)
    if (!isWellFormed(value)) throw invalid(at, 'text without lone surrogates', value)
    return value
  },
}

/** Decimal digits with or without `-`, at most 2^53 - 1 either way. */
export const intType: TextType<number> = textType(
  'int',
  'an integer',
  (text) => (/^-?\d+$/.test(text) ? safeInteger(Number(text)) : undefined),
  (value) => decimal(safeInteger(value)),
)

/** A finite number in decimal, with or without fraction and exponent. */
export const numberType: TextType<number> = textType(
  'number',
  'a number',
  (text) => (/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) ? finite(Number(text)) : undefined),
  (value) => decimal(finite(value)),
)

export const booleanType: TextType<boolean> = textType(
  'boolean',
  "'true' or 'false'",
  (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
  (value) => (typeof value === 'boolean' ? String(value) : undefined),
)

/** A date, or a date and time with its zone, in the form of ISO 8601 that ECMA-262 has; a date alone is UTC. */
export const dateType: TextType<Date> = textType(
  'date',
  'a date such as 2026-01-31 or 2026-01-31T12:00:00Z',
  parseDate,
  (value) => (value instanceof Date ? value.toISOString() : undefined),
)

/** A UUID of any version, in the case it was sent in (RFC 9562, section 4). */
export const uuidType: TextType<string> = textType(
  'uuid',
  'a UUID',
  (text) => (isUuid(text) ? text : undefined),
  (value) => (isUuid(value) ? value : undefined),
)

/** Bytes as base64url without padding (RFC 4648, section 5). */
export const bytesType: TextType<Uint8Array<ArrayBuffer>, Uint8Array> = textType(
  'bytes',
  'bytes as base64url without padding',
  decodeBase64url,
  (value) => (isUint8Array(value) ? encodeBase64url(value) : undefined),
)

/** One of `values`, unchanged. Throws a `TypeError` when there are none, and for anything but strings. */
export function enumType<Value extends string>(values: readonly Value[]): TextType<Value> {
  if (values.length === 0) throw new TypeError('an enum needs at least one value')
  const wrong = values.findIndex((value) => typeof value !== 'string')
  if (wrong >= 0)
    throw wrongType(values[wrong], `argument ${wrong + 1} of an enum has to be a string`)
  const find = (text: unknown): Value | undefined => values.find((value) => value === text)
  const type = textType('enum', `one of ${values.map(show).join(', ')}`, find, find)
  return { ...type, about: { values } }
}

/** For invalid values, `parse` and `format` return `undefined`. `format` may also throw: callers may have no types. */
function textType<Out, In>(
  type: string,
  expected: string,
  parse: (text: string) => Out | undefined,
  format: (value: In) => string | undefined,
): TextType<Out, In> {
  return {
    type,
    expected,
    read(text, at) {
      const value = parse(text)
      if (value === undefined) throw invalid(at, expected, text)
      return value
    },
    write(value, at) {
      let text: string | undefined
      try {
        text = format(value)
      } catch (cause) {
        throw invalid(at, expected, value, cause)
      }
      if (text === undefined) throw invalid(at, expected, value)
      return text
    },
  }
}

function safeInteger(value: number): number | undefined {
  return Number.isSafeInteger(value) ? value : undefined
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined
}

/** `String` loses the sign of zero. */
function decimal(value: number | undefined): string | undefined {
  return Object.is(value, -0) ? '-0' : value === undefined ? undefined : String(value)
}

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i

function isUuid(value: unknown): boolean {
  return typeof value === 'string' && UUID.test(value)
}

const DATE =
  /^(?:\d{4}|\+\d{6}|-(?!000000)\d{6})-\d\d-(\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/

function parseDate(text: string): Date | undefined {
  const match = DATE.exec(text)
  if (match === null) return undefined
  // `Date` takes the 30th of February for the 1st or 2nd of March, so the day by itself must come back as it was. Near
  // the first day of `Date`, a valid date with a zone may have a day that is out of range.
  const date = new Date(text)
  const whole = new Date(text.split('T', 1)[0]!)
  const found = whole.getUTCDate() === Number(match[1])
  return found && !Number.isNaN(date.getTime()) ? date : undefined
}
