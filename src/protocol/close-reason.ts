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
    return this.code === other.code && this.message === other.message
  }

  /** A copy with another message. */
  description(message: string): CloseReason {
    return new CloseReason(this.code, message)
  }

  /** The name of the code, `undefined` when it has none. */
  get knownReason(): CloseCodeName | undefined {
    return CloseReason.nameOf(this.code)
  }

  /** One line, whatever the peer put into the message. */
  toString(): string {
    return `CloseReason(reason=${this.knownReason ?? this.code}, message=${legible(this.message)})`
  }

  /** A reason whose message is cut to 123 bytes on a character boundary. */
  static truncated(code: number, message: string): CloseReason {
    return new CloseReason(code, truncateUtf8(message, MAX_CLOSE_MESSAGE_BYTES))
  }

  static nameOf(code: number): CloseCodeName | undefined {
    return NAMES.get(code)
  }

  static readonly NORMAL: CloseReason = new CloseReason(1000, 'Normal closure')
  static readonly GOING_AWAY: CloseReason = new CloseReason(1001, 'Going away')
  static readonly PROTOCOL_ERROR: CloseReason = new CloseReason(1002, 'Protocol error')
  static readonly CANNOT_ACCEPT: CloseReason = new CloseReason(1003, 'Cannot accept')
  static readonly NOT_CONSISTENT: CloseReason = new CloseReason(1007, 'Not consistent')
  static readonly VIOLATED_POLICY: CloseReason = new CloseReason(1008, 'Violated policy')
  static readonly TOO_BIG: CloseReason = new CloseReason(1009, 'Too big')
  static readonly NO_EXTENSION: CloseReason = new CloseReason(1010, 'No extension')
  static readonly INTERNAL_ERROR: CloseReason = new CloseReason(1011, 'Internal error')
  static readonly SERVICE_RESTART: CloseReason = new CloseReason(1012, 'Service restart')
  static readonly TRY_AGAIN_LATER: CloseReason = new CloseReason(1013, 'Try again later')
  static readonly TLS_HANDSHAKE_FAILED: CloseReason = new CloseReason(1015, 'TLS handshake failed')

  /** The codes by name. `UNEXPECTED_CONDITION` is an older name of `INTERNAL_ERROR`. */
  static readonly Codes: {
    readonly NORMAL: 1000
    readonly GOING_AWAY: 1001
    readonly PROTOCOL_ERROR: 1002
    readonly CANNOT_ACCEPT: 1003
    readonly CLOSED_ABNORMALLY: 1006
    readonly NOT_CONSISTENT: 1007
    readonly VIOLATED_POLICY: 1008
    readonly TOO_BIG: 1009
    readonly NO_EXTENSION: 1010
    readonly INTERNAL_ERROR: 1011
    readonly UNEXPECTED_CONDITION: 1011
    readonly SERVICE_RESTART: 1012
    readonly TRY_AGAIN_LATER: 1013
    readonly TLS_HANDSHAKE_FAILED: 1015
  } = {
    NORMAL: 1000,
    GOING_AWAY: 1001,
    PROTOCOL_ERROR: 1002,
    CANNOT_ACCEPT: 1003,
    CLOSED_ABNORMALLY: 1006,
    NOT_CONSISTENT: 1007,
    VIOLATED_POLICY: 1008,
    TOO_BIG: 1009,
    NO_EXTENSION: 1010,
    INTERNAL_ERROR: 1011,
    UNEXPECTED_CONDITION: 1011,
    SERVICE_RESTART: 1012,
    TRY_AGAIN_LATER: 1013,
    TLS_HANDSHAKE_FAILED: 1015,
  }
}

export type CloseCodeName = Exclude<keyof typeof CloseReason.Codes, 'UNEXPECTED_CONDITION'>

const NAMES: ReadonlyMap<number, CloseCodeName> = new Map(
  Object.entries(CloseReason.Codes)
    .filter(([name]) => name !== 'UNEXPECTED_CONDITION')
    .map(([name, code]) => [code, name as CloseCodeName]),
)

/** What an empty Close frame says; never sent (RFC 6455, section 7.1.5). */
export const NO_STATUS: CloseReason = new CloseReason(1005)

/** The end of a connection without a Close frame; never sent. */
export const LOST: CloseReason = new CloseReason(1006, 'Connection lost')
