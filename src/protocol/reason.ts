import { legible } from './quote.ts'
import { truncateUtf8, utf8Length } from './utf8.ts'

/** A control frame holds 125 bytes, two of them the code (RFC 6455, section 5.5.1). */
const MAX_CLOSE_MESSAGE_BYTES = 123

/**
 * Why a connection ended: a code and a text for people.
 *
 * Any integer is a value, so that local codes such as 1006 can be told; whether a code may travel is
 * checked where it is sent. Throws a `RangeError` when `message` takes more than 123 bytes in UTF-8.
 */
export class CloseReason {
  readonly code: number
  readonly message: string

  constructor(code: number, message = '') {
    const bytes = utf8Length(message)
    if (bytes > MAX_CLOSE_MESSAGE_BYTES) {
      throw new RangeError(
        `a close reason takes at most ${MAX_CLOSE_MESSAGE_BYTES} bytes of UTF-8, this one has ${bytes}: shorten it, or use CloseReason.truncated(code, message)`,
      )
    }
    this.code = code
    this.message = message
  }

  /** True when the codes are equal, whatever the messages say. */
  is(other: number | CloseReason): boolean {
    return this.code === (typeof other === 'number' ? other : other.code)
  }

  /** True when code and message are equal. */
  equals(other: CloseReason): boolean {
    return this.is(other) && this.message === other.message
  }

  /** A copy with another message. */
  description(message: string): CloseReason {
    return new CloseReason(this.code, message)
  }

  /** The name of the code, `undefined` when it has none. */
  get knownReason(): CloseCodeName | undefined {
    return closeCodeName(this.code)
  }

  /** One line, whatever the peer put into the message. */
  toString(): string {
    return `CloseReason(reason=${this.knownReason ?? this.code}, message=${legible(this.message)})`
  }
}

/** A reason whose message is cut to 123 bytes on a character boundary. */
export function truncatedReason(code: number, message: string): CloseReason {
  return new CloseReason(code, truncateUtf8(message, MAX_CLOSE_MESSAGE_BYTES))
}

/** The codes that have names. */
const NAMES = {
  1000: 'NORMAL',
  1001: 'GOING_AWAY',
  1002: 'PROTOCOL_ERROR',
  1003: 'CANNOT_ACCEPT',
  1006: 'CLOSED_ABNORMALLY',
  1007: 'NOT_CONSISTENT',
  1008: 'VIOLATED_POLICY',
  1009: 'TOO_BIG',
  1010: 'NO_EXTENSION',
  1011: 'INTERNAL_ERROR',
  1012: 'SERVICE_RESTART',
  1013: 'TRY_AGAIN_LATER',
  1015: 'TLS_HANDSHAKE_FAILED',
} as const

export type CloseCodeNames = typeof NAMES
export type CloseCodeName = CloseCodeNames[keyof CloseCodeNames]

/** The name of a code, `undefined` when it has none. */
export function closeCodeName(code: number): CloseCodeName | undefined {
  const names: Readonly<Record<number, CloseCodeName>> = NAMES
  return names[code]
}

// What a connection needs to tell of its own. Marked so that bundles have only those they use.

/** A normal end without a text. */
export const NORMAL: CloseReason = /* @__PURE__ */ new CloseReason(1000)

/** What an empty Close frame says; never sent (RFC 6455, section 7.1.5). */
export const NO_STATUS: CloseReason = /* @__PURE__ */ new CloseReason(1005)

/** The end of a connection without a Close frame; never sent. */
export const LOST: CloseReason = /* @__PURE__ */ new CloseReason(1006, 'Connection lost')
