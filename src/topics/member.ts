import type { CloseReason } from '../protocol/close/reason.ts'
import type { WsMessage } from '../websocket/ws-message.ts'
import type { Report } from './report.ts'
import type { Subscriber } from './subscriber.ts'

/** What a message that waits takes besides its content, in bytes. */
const PLACE = 1024

/** What a message takes while it waits, in bytes. */
export function sizeOf({ byteLength }: WsMessage): number {
  return byteLength + PLACE
}

/** Where a member stays until it leaves, or its connection ends. */
export interface Place {
  delete(member: Member): void
}

/** A subscriber: there is one member of each, with one listener for its end, in however many topics it is. */
export abstract class Member {
  readonly places: Set<Place> = new Set()
  abstract readonly subscriber: Subscriber
  /** False once it takes no more. */
  abstract readonly open: boolean
  /** Whether so much waits for its peer that more is better sent after `drained`. */
  abstract readonly isBehind: boolean

  /** Never waits; `false` when it was not taken. Throws what goes wrong now, and reports what goes wrong later. */
  abstract send(message: WsMessage, report: Report): boolean

  /** Resolves when its peer has taken enough for more to be sent, and when it has ended. */
  abstract drained(): Promise<void>

  /** Throws what goes wrong now. */
  abstract close(reason: CloseReason): void

  /** The connection has ended. */
  ended(): void {
    for (const place of this.places) place.delete(this)
  }
}
