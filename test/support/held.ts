import type { HeldBytes } from '../../src/protocol/bytes/held-bytes.ts'

/** Held bytes that nobody may ask for, unless told otherwise. */
export function held(content: Uint8Array<ArrayBuffer>, mayAsk = false): HeldBytes {
  return {
    length: content.length,
    bytes() {
      if (mayAsk) return content.slice()
      throw new Error('these bytes were to be written, not asked for')
    },
    write: (target, offset) => target.set(content, offset),
  }
}
