import { type DecodeOptions, decode, type EncodeOptions, encode, Tokenizer } from 'cborg'
import { decodeUtf8, encodeUtf8 } from '../protocol/bytes/utf8.ts'
import { isWellFormed } from '../protocol/bytes/well-formed.ts'
import type { Format } from './format.ts'
import { failingAs } from './format-failure.ts'

const OPTIONS: DecodeOptions = {
  allowBigInt: true,
  allowIndefinite: true,
  allowUndefined: true,
  rejectDuplicateMapKeys: true,
  retainStringBytes: true,
}

const ENCODING: EncodeOptions = {
  typeEncoders: {
    // `null` leaves the writing to cborg.
    string(text: string) {
      if (isWellFormed(text)) return null
      throw new RangeError('text has a lone surrogate')
    },
    Map(map: ReadonlyMap<unknown, unknown>) {
      for (const key of map.keys())
        if (typeof key !== 'string') throw new TypeError('a key is no text')
      return null
    },
  },
}

/**
 * CBOR (RFC 8949) by `cborg`, to be installed beside this library: without tags, with text keys, each once. Integers
 * past 2^53 - 1 are bigints.
 */
export const cbor: Format = {
  name: 'cbor',
  contentType: 'application/cbor',
  mode: 'binary',

  encode(value: unknown): Uint8Array {
    return failingAs('cbor', 'the value cannot be written as CBOR', () => encode(value, ENCODING))
  },

  decode(content: string | Uint8Array): unknown {
    const bytes = typeof content === 'string' ? encodeUtf8(content) : content
    return failingAs('cbor', 'the content is not exactly one value of CBOR', (): unknown =>
      decode(bytes, { ...OPTIONS, tokenizer: new StrictTokenizer(bytes, OPTIONS) }),
    )
  },
}

/** Text as it is, or an error: cborg drops a byte order mark, and repairs what is not UTF-8. */
class StrictTokenizer extends Tokenizer {
  override next(): ReturnType<Tokenizer['next']> {
    const token = super.next()
    const bytes = token.byteValue
    if (bytes !== undefined) {
      const text: unknown = token.value
      const ascii =
        typeof text === 'string' && text.length === bytes.length && !text.includes('\ufffd')
      if (!ascii) token.value = decodeUtf8(bytes)
    }
    return token
  }
}
