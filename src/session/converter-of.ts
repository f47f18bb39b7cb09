import type { Format } from '../format/format.ts'
import { wrongType } from '../websocket/support/check-function.ts'
import type { WebsocketContentConverter } from './content-converter.ts'

/** Throws a `TypeError` for anything but a converter: not every caller is type-checked, and a format looks like one. */
export function checkConverter(converter: WebsocketContentConverter | undefined): void {
  if (converter === undefined || typeof converter?.isApplicable === 'function') return
  throw wrongType(
    converter,
    'the option contentConverter needs a converter, such as converterOf(json) makes',
  )
}

/** The converter of a format: `converterOf(json)`. A text format reads and writes Text frames, a binary one Binary frames. */
export function converterOf(format: Format): WebsocketContentConverter {
  return {
    serialize: (value) => format.encode(value),
    deserialize: (frame) => format.decode(frame.type === 'text' ? frame.readText() : frame.data),
    isApplicable: (frame) => frame.type === format.mode,
  }
}
