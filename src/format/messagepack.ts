import {
  decode,
  decodeTimestampToTimeSpec,
  EXT_TIMESTAMP,
  ExtensionCodec,
  encode,
  encodeTimestampExtension,
} from '@msgpack/msgpack'
import { encodeUtf8 } from '../protocol/bytes/utf8.ts'
import type { Format } from './format.ts'
import { FormatFailure, failingAs } from './format-failure.ts'
import { checkMessagePack, MAX_DEPTH } from './messagepack-check.ts'

/**
 * MessagePack by `@msgpack/msgpack`, to be installed beside this library. Dates are its timestamps, bytes its `bin`;
 * a property that is undefined is left out, as JSON does. Integers past 2^53 - 1 are refused, both ways, and so are
 * the key `__proto__` and what is more than 100 deep. Maps, sets and array buffers are not written.
 */
export const messagepack: Format = {
  name: 'messagepack',
  contentType: 'application/vnd.msgpack',
  mode: 'binary',

  encode(value: unknown): Uint8Array {
    if (value === undefined) throw new FormatFailure('messagepack', 'MessagePack has no undefined')
    return failingAs('messagepack', 'the value cannot be written as MessagePack', () => {
      const bytes = encode(value, { ignoreUndefined: true, maxDepth: MAX_DEPTH, extensionCodec })
      // Lone surrogates are written as they are, and nobody could read them.
      checkMessagePack(bytes)
      return bytes
    })
  },

  decode(content: string | Uint8Array): unknown {
    const bytes = typeof content === 'string' ? encodeUtf8(content) : content
    return failingAs('messagepack', 'the content is not exactly one value of MessagePack', () => {
      checkMessagePack(bytes)
      return decode(bytes, { extensionCodec })
    })
  },
}

const extensionCodec = new ExtensionCodec()
extensionCodec.register({
  type: EXT_TIMESTAMP,
  // Called for each object, whether or not it is a timestamp.
  encode(value: unknown): Uint8Array | null {
    checkObject(value)
    return encodeTimestampExtension(value)
  },
  decode(data: Uint8Array): Date {
    const { sec, nsec } = decodeTimestampToTimeSpec(data)
    const date = new Date(sec * 1e3 + nsec / 1e6)
    if (nsec < 1e9 && !Number.isNaN(date.getTime())) return date
    throw new RangeError('a timestamp is past what a date can hold')
  },
})

/** The encoder would drop the content of some objects, and its decoder refuses a key that the encoder writes. */
function checkObject(value: unknown): void {
  if (value instanceof Date && Number.isNaN(value.getTime())) throw new RangeError('no date')
  if (value instanceof Map || value instanceof Set) {
    throw new TypeError('a Map or a Set is no value')
  }
  if (value instanceof ArrayBuffer) throw new TypeError('an ArrayBuffer is no value: give a view')
  if (Object.hasOwn(Object(value), '__proto__')) throw new TypeError('the key __proto__ is refused')
}
