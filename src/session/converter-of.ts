import type { Format } from '../format/format.ts'
import type { WebsocketContentConverter } from './content-converter.ts'

/** The converter of a format: `converterOf(json)`. A text format reads and writes Text frames, a binary one Binary frames. */
export function converterOf(format: Format): WebsocketContentConverter {
  return {
    serialize: (value) => format.encode(value),
    deserialize: (frame) => format.decode(frame.type === 'text' ? frame.readText() : frame.data),
    isApplicable: (frame) => frame.type === format.mode,
  }
}
