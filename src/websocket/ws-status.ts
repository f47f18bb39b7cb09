import {
  CloseReason,
  GOING_AWAY,
  INTERNAL_ERROR,
  LOST,
  NO_STATUS,
  NORMAL,
  TRY_AGAIN_LATER,
} from '../protocol/close/reason.ts'
import { NEVER_CONNECTED } from './never-connected.ts'

/** Why a socket closed. A status is a `CloseReason`; compare with `status.is(WsStatus.NORMAL)`. */
export type WsStatus = CloseReason

/** The statuses by http4k's names. The negative ones, 1005, 1006 and 1015 are never sent. */
export const WsStatus: {
  readonly NORMAL: WsStatus
  readonly GOING_AWAY: WsStatus
  readonly PROTOCOL_ERROR: WsStatus
  readonly REFUSE: WsStatus
  readonly NOCODE: WsStatus
  readonly ABNORMAL_CLOSE: WsStatus
  readonly NO_UTF8: WsStatus
  readonly POLICY_VALIDATION: WsStatus
  readonly TOOBIG: WsStatus
  readonly EXTENSION: WsStatus
  readonly UNEXPECTED_CONDITION: WsStatus
  readonly SERVICE_RESTART: WsStatus
  readonly TRY_AGAIN_LATER: WsStatus
  readonly TLS_ERROR: WsStatus
  readonly NEVER_CONNECTED: WsStatus
  readonly BUGGYCLOSE: WsStatus
  readonly FLASHPOLICY: WsStatus
} = {
  NORMAL,
  GOING_AWAY,
  PROTOCOL_ERROR: new CloseReason(1002, 'Protocol error'),
  REFUSE: new CloseReason(1003, 'Refused'),
  NOCODE: NO_STATUS,
  ABNORMAL_CLOSE: LOST,
  NO_UTF8: new CloseReason(1007, 'Not UTF-8'),
  POLICY_VALIDATION: new CloseReason(1008, 'Policy violated'),
  TOOBIG: new CloseReason(1009, 'Too big'),
  EXTENSION: new CloseReason(1010, 'Extension missing'),
  UNEXPECTED_CONDITION: INTERNAL_ERROR,
  SERVICE_RESTART: new CloseReason(1012, 'Service restart'),
  TRY_AGAIN_LATER,
  TLS_ERROR: new CloseReason(1015, 'TLS error'),
  NEVER_CONNECTED,
  BUGGYCLOSE: new CloseReason(-2, 'Buggy close'),
  FLASHPOLICY: new CloseReason(-3, 'Flash policy'),
}
