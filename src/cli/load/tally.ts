import type { CloseRecord } from '../../protocol/close/close-record.ts'
import {
  type WebSocketConnectException,
  WebSocketUpgradeException,
} from '../../websocket/errors.ts'
import type { WsStatus } from '../../websocket/ws-status.ts'
import { Histogram } from './histogram.ts'

/** Several that were alike, and what the first of them said. */
export interface Alike {
  readonly kind: string
  readonly count: number
  readonly example: string
}

/** What happened so far, over all connections. Each message counts here, so these are plain fields. */
export class Tally {
  opened = 0
  /** Now. */
  open = 0
  sent = 0
  received = 0
  answered = 0
  bytesSent = 0
  bytesReceived = 0
  /** Due, and never sent: the connection was not ready for it, or had ended. */
  unsent = 0
  /** Came on a connection where nothing waited for an answer, once it had begun to send. */
  unasked = 0
  /** Sent while too many waited for answers to remember when each was due. */
  untracked = 0
  /** Due, and neither answered nor given up. */
  pending = 0
  /** When a message was last sent or answered. */
  lastActivity = 0
  /** Called when nothing waits for an answer any more, and when a connection has ended. */
  onIdle = (): void => {}
  readonly openings: Histogram = new Histogram()
  readonly answers: Histogram = new Histogram()
  readonly lateness: Histogram = new Histogram()
  readonly #refusals = new Map<string, { count: number; example: string }>()
  readonly #failures = new Map<string, { count: number; example: string }>()
  readonly #ends = new Map<string, { count: number; example: string }>()
  readonly #lost = new Map<string, { count: number; example: string }>()

  /** Not opened, by the status of the answer. */
  get refusals(): readonly Alike[] {
    return listed(this.#refusals)
  }

  /** Not opened, by where it failed, and how. */
  get failures(): readonly Alike[] {
    return listed(this.#failures)
  }

  /** Closed by this side once all was done, by the code, or `'no answer'` if the peer sent no Close. */
  get ends(): readonly Alike[] {
    return listed(this.#ends)
  }

  /** Ended before. */
  get lost(): readonly Alike[] {
    return listed(this.#lost)
  }

  failed(error: WebSocketConnectException): void {
    if (error instanceof WebSocketUpgradeException && error.stage === 'http') {
      count(this.#refusals, String(error.status), error.message)
    } else {
      count(this.#failures, kindOf(error), error.message)
    }
  }

  /** `early`: not because this side was done. */
  ended(status: WsStatus, record: CloseRecord | undefined, early: boolean): void {
    const lost = record?.initiator === 'transport'
    const kind = lost ? 'lost' : String(status.code)
    const said = record?.cause?.message ?? (lost ? '' : status.message)
    if (early) count(this.#lost, kind, said)
    else count(this.#ends, record?.clean === false ? 'no answer' : kind, said)
  }
}

/** The stage, and the code of the system if there is one: few enough, whatever servers say. */
function kindOf({ stage, cause }: WebSocketConnectException): string {
  const code = cause instanceof Error && 'code' in cause ? ` ${String(cause.code)}` : ''
  return `${stage}${code}`
}

function count(
  counts: Map<string, { count: number; example: string }>,
  kind: string,
  example: string,
): void {
  const known = counts.get(kind)
  if (known === undefined) counts.set(kind, { count: 1, example })
  else known.count++
}

/** The most frequent first. */
function listed(
  counts: ReadonlyMap<string, { readonly count: number; readonly example: string }>,
): readonly Alike[] {
  const alike = [...counts].map(([kind, { count, example }]) => ({ kind, count, example }))
  return alike.sort((a, b) => b.count - a.count)
}
