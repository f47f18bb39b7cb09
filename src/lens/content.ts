import type { Format } from '../format/format.ts'
import { isWellFormed } from '../protocol/bytes/well-formed.ts'
import { WsMessage } from '../websocket/ws-message.ts'
import type { Conversion } from './conversion.ts'
import { invalid } from './lens-failure.ts'

/** The whole content of a message, or of a body treated as one. */
export type Content<Out, In = Out> = Conversion<WsMessage, Out, In>

/** Text; binary content is taken as UTF-8. */
export const textContent: Content<string> = {
  type: 'text',
  about: { contentType: 'text/plain' },
  expected: 'text',
  read(message, at) {
    try {
      return message.text()
    } catch (cause) {
      throw invalid(at, 'text in UTF-8', message, cause)
    }
  },
  write(value, at) {
    if (typeof value !== 'string') throw invalid(at, 'text', value)
    if (!isWellFormed(value)) throw invalid(at, 'text without lone surrogates', value)
    return WsMessage.text(value)
  },
}

/** The bytes, or the UTF-8 of text. */
export const binaryContent: Content<Uint8Array<ArrayBuffer>, Uint8Array> = {
  type: 'binary',
  about: { contentType: 'application/octet-stream' },
  expected: 'bytes',
  read: (message) => message.bytes(),
  write(value, at) {
    try {
      return WsMessage.binary(value)
    } catch (cause) {
      throw invalid(at, 'bytes', value, cause)
    }
  },
}

/** Throws a `TypeError` for anything but a format. */
export function formatContent(format: Format): Content<unknown> {
  const whole = typeof format?.encode === 'function' && typeof format.decode === 'function'
  if (!whole) throw new TypeError('a lens takes a format that has encode and decode, such as json')
  const { name, mode, contentType } = format
  return {
    type: name,
    about: { contentType },
    expected: name,
    read(message, at) {
      try {
        return format.decode(mode === 'text' ? message.text() : message.bytes())
      } catch (cause) {
        throw invalid(at, name, message, cause)
      }
    },
    write(value, at) {
      try {
        return WsMessage.of(format.encode(value))
      } catch (cause) {
        throw invalid(at, `a value that ${name} can hold`, value, cause)
      }
    },
  }
}
