import { truncateUtf8, utf8Length } from '../bytes/utf8.ts'
import { legible } from '../errors/quote.ts'

/** A control frame holds 125 bytes, two of them the code (RFC 6455, section 5.5.1). */
const MAX_CLOSE_MESSAGE_BYTES = 123

/**
 * Why a connection ended: a code and a text for people.
 *
 * Any integer is allowed as a code, so that local codes such as 1006 can be reported; whether a code may be sent is
 * checked when it is sent. Throws a `RangeError` when `message` takes more than 123 bytes in UTF-8.
 */
export class CloseReason {
  readonly code: number
  readonly message: string

  constructor(code: number, message = '') {
    const bytes = utf8Length(message)
    if (bytes > MAX_CLOSE_MESSAGE_BYTES) {
      throw new RangeError(
        `a close reason of ${bytes} bytes: at most ${MAX_CLOSE_MESSAGE_BYTES} fit, see CloseReason.truncated`,
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

/** The names of the codes from 1000 on. */
const NAMES = [
  'NORMAL',
  'GOING_AWAY',
  'PROTOCOL_ERROR',
  'CANNOT_ACCEPT',
  undefined,
  undefined,
  'CLOSED_ABNORMALLY',
  'NOT_CONSISTENT',
  'VIOLATED_POLICY',
  'TOO_BIG',
  'NO_EXTENSION',
  'INTERNAL_ERROR',
  'SERVICE_RESTART',
  'TRY_AGAIN_LATER',
  undefined,
  'TLS_HANDSHAKE_FAILED',
] as const

/** The name of a close code, such as `GOING_AWAY`. */
export type CloseCodeName = NonNullable<(typeof NAMES)[number]>

/** The name of a code, `undefined` when it has none. */
export function closeCodeName(code: number): CloseCodeName | undefined {
  return NAMES[code - 1000]
}

// The reasons that connections, servers and sessions give by themselves. Marked as pure, so that bundles contain only
// those that they use.

/** A normal end without a text. */
export const NORMAL: CloseReason = /* @__PURE__ */ new CloseReason(1000)

/** What an empty Close frame says; never sent (RFC 6455, section 7.1.5). */
export const NO_STATUS: CloseReason = /* @__PURE__ */ new CloseReason(1005)

/** The end of a connection without a Close frame; never sent. */
export const LOST: CloseReason = /* @__PURE__ */ new CloseReason(1006, 'Connection lost')

/** A server or a client that stops. */
export const GOING_AWAY: CloseReason = /* @__PURE__ */ new CloseReason(1001, 'Going away')

/** A handler or a listener that failed. */
export const INTERNAL_ERROR: CloseReason = /* @__PURE__ */ new CloseReason(1011, 'Internal error')

/** A peer that did not answer a Ping in time. */
export const PING_TIMEOUT: CloseReason = /* @__PURE__ */ new CloseReason(1011, 'Ping timeout')

/** More waits than a limit allows, in either direction. */
export const TRY_AGAIN_LATER: CloseReason = /* @__PURE__ */ new CloseReason(1013, 'Try again later')
