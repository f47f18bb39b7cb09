import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'

/** What was agreed on of permessage-deflate, as the tester sees it. */
export interface Agreement {
  readonly own: Direction
  readonly peers: Direction
}

export interface Direction {
  readonly contextTakeover: boolean
  /** 9 to 15. */
  readonly windowBits: number
}

/** The largest window. */
const WINDOW = 32_768

const TAIL = Uint8Array.of(0, 0, 0xff, 0xff)

/**
 * The tester's own permessage-deflate (RFC 7692, section 7.2): a window that is kept is given to zlib as a dictionary
 * with every message.
 */
export class Codec {
  readonly #agreement: Agreement
  #sent: Uint8Array = new Uint8Array(0)
  #received: Uint8Array = new Uint8Array(0)

  constructor(agreement: Agreement) {
    this.#agreement = agreement
  }

  compress(message: Uint8Array): Uint8Array {
    const { contextTakeover, windowBits } = this.#agreement.own
    if (message.length === 0) return Uint8Array.of(0)
    const packed = deflateRawSync(message, {
      windowBits,
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(contextTakeover && this.#sent.length > 0 && { dictionary: this.#sent }),
    })
    if (contextTakeover) this.#sent = windowAfter(this.#sent, message)
    return packed.subarray(0, packed.length - TAIL.length)
  }

  /** Throws for what is not deflate, and for a reference further back than was agreed. */
  expand(payload: Uint8Array): Uint8Array {
    const { contextTakeover, windowBits } = this.#agreement.peers
    const message = inflateRawSync(Buffer.concat([payload, TAIL]), {
      windowBits,
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(contextTakeover && this.#received.length > 0 && { dictionary: this.#received }),
    })
    if (contextTakeover) this.#received = windowAfter(this.#received, message)
    return message
  }
}

function windowAfter(before: Uint8Array, message: Uint8Array): Uint8Array {
  return message.length >= WINDOW
    ? message.slice(-WINDOW)
    : Buffer.concat([before, message]).subarray(-WINDOW)
}
