import { decodeUtf8 } from '../protocol/bytes/utf8.ts'
import type { Format } from './format.ts'
import { FormatFailure, failingAs } from './format-failure.ts'

/** JSON (RFC 8259), as text. Encodes what `JSON.stringify` does, and refuses what it would leave out. */
export const json: Format = {
  name: 'json',
  contentType: 'application/json',
  mode: 'text',

  encode(value: unknown): string {
    // JSON.stringify returns undefined for undefined, functions and symbols, whatever its type says.
    const text: unknown = failingAs('json', 'the value cannot be written as JSON', () =>
      JSON.stringify(value),
    )
    if (typeof text === 'string') return text
    throw new FormatFailure('json', `JSON has no ${typeof value}`)
  },

  decode(content: string | Uint8Array): unknown {
    const text =
      typeof content === 'string'
        ? content
        : failingAs('json', 'the content is not UTF-8', () => decodeUtf8(content))
    return failingAs('json', 'the content is not JSON', (): unknown => JSON.parse(text))
  },
}
