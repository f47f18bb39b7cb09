import {
  type CloseCodeName,
  closeCodeName,
  GOING_AWAY,
  INTERNAL_ERROR,
  CloseReason as Reason,
  TRY_AGAIN_LATER,
  truncatedReason,
} from './reason.ts'

const CODES = {
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
} as const

/** Reasons and codes by name, for users. Our own modules import `reason.ts`, so that bundles contain none of these. */
interface ReadyReasons {
  /** A reason whose message is cut to 123 bytes on a character boundary. */
  truncated(code: number, message: string): Reason
  nameOf(code: number): CloseCodeName | undefined
  readonly NORMAL: Reason
  readonly GOING_AWAY: Reason
  readonly PROTOCOL_ERROR: Reason
  readonly CANNOT_ACCEPT: Reason
  readonly NOT_CONSISTENT: Reason
  readonly VIOLATED_POLICY: Reason
  readonly TOO_BIG: Reason
  readonly NO_EXTENSION: Reason
  readonly INTERNAL_ERROR: Reason
  readonly SERVICE_RESTART: Reason
  readonly TRY_AGAIN_LATER: Reason
  readonly TLS_HANDSHAKE_FAILED: Reason
  /** The codes by name. `UNEXPECTED_CONDITION` is an older name of `INTERNAL_ERROR`. */
  readonly Codes: typeof CODES
}

/** Why a connection ended: a code and a text for people. */
export type CloseReason = Reason

/** The class `CloseReason`, with ready-made reasons and codes. */
export const CloseReason: typeof Reason & ReadyReasons = /* @__PURE__ */ Object.assign<
  typeof Reason,
  ReadyReasons
>(Reason, {
  truncated: truncatedReason,
  nameOf: closeCodeName,
  NORMAL: new Reason(1000, 'Normal closure'),
  GOING_AWAY,
  PROTOCOL_ERROR: new Reason(1002, 'Protocol error'),
  CANNOT_ACCEPT: new Reason(1003, 'Cannot accept'),
  NOT_CONSISTENT: new Reason(1007, 'Not consistent'),
  VIOLATED_POLICY: new Reason(1008, 'Violated policy'),
  TOO_BIG: new Reason(1009, 'Too big'),
  NO_EXTENSION: new Reason(1010, 'No extension'),
  INTERNAL_ERROR,
  SERVICE_RESTART: new Reason(1012, 'Service restart'),
  TRY_AGAIN_LATER,
  TLS_HANDSHAKE_FAILED: new Reason(1015, 'TLS handshake failed'),
  Codes: CODES,
})
