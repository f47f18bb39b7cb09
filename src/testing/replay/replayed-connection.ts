import { liftWs } from '../../filters/lift.ts'
import { record } from '../../filters/record.ts'
import type {
  CloseEntry,
  MessageEntry,
  OpenEntry,
  TrafficEntry,
} from '../../filters/traffic-entry.ts'
import { decodeBase64 } from '../../protocol/bytes/base64.ts'
import { encodeUtf8 } from '../../protocol/bytes/utf8.ts'
import { CloseReason } from '../../protocol/close/close-reason.ts'
import { Frame } from '../../protocol/frame/frame.ts'
import { polyOf } from '../../serving/engine.ts'
import {
  type RequestPeer,
  type UpgradeRequest,
  upgradeRequest,
} from '../../websocket/request/upgrade-request.ts'
import type { ProtocolWebsocket } from '../../websocket/socket/protocol-websocket.ts'
import { Fifo } from '../../websocket/support/fifo.ts'
import { headersFrom } from '../../websocket/support/headers-from.ts'
import { WsStatus } from '../../websocket/ws-status.ts'
import { inTime } from '../clock/in-time.ts'
import { sameValue } from '../expect/same-value.ts'
import type { OfflineOptions, TestApp } from '../offline/offline-options.ts'
import { offlineUpgrade } from '../offline/offline-upgrade.ts'

/** Where a replay went another way than its recording. */
export interface ReplayDifference {
  /** As the recording numbers it. */
  readonly connection: number
  /** What was to happen; `undefined`: nothing more. */
  readonly recorded: TrafficEntry | undefined
  /** What happened; `undefined`: nothing. */
  readonly replayed: TrafficEntry | undefined
  /** Why a connection was not opened. */
  readonly error?: Error | undefined
}

interface ReplayedOptions extends OfflineOptions {
  readonly request?: ((recorded: UpgradeRequest) => UpgradeRequest) | undefined
}

/** One connection of a recording, once more: the client does what it did then, the application is recorded again. */
export class ReplayedConnection {
  readonly #number: number
  /** What the application did and has not been compared yet. */
  readonly #done = new Fifo<TrafficEntry>()
  #client!: ProtocolWebsocket
  #wake: (() => void) | undefined
  #fragments = false
  #closed = false
  /** True once something expected did not come: from then on, nothing is waited for. */
  #missed = false

  private constructor(number: number) {
    this.#number = number
  }

  /** Rejects when the application refuses. */
  static async open(
    entry: OpenEntry,
    app: TestApp,
    options: ReplayedOptions,
  ): Promise<ReplayedConnection> {
    const { request = same, ...rest } = options
    const replayed = new ReplayedConnection(entry.connection)
    const recorded = liftWs(record((done) => replayed.#heard(done)))(polyOf(app))
    const opening = await offlineUpgrade(recorded, request(requestOf(entry, rest)), rest).connection
    // What the application sends is seen on its own side.
    opening.client.onMessage(() => {})
    replayed.#client = opening.client
    opening.start()
    return replayed
  }

  /** Does what the client did. */
  act(entry: TrafficEntry): void {
    if (entry.kind === 'message' && entry.direction === 'in') this.#send(entry)
    else if (entry.kind === 'close' && entry.direction !== 'out') this.#close(entry)
  }

  /** Compares what the application did next. If it has done nothing yet, waits for at most `within` milliseconds. */
  async compare(entry: TrafficEntry, within: number): Promise<ReplayDifference | undefined> {
    if (entry.kind === 'message' && entry.direction === 'in') return undefined
    const replayed = await this.#next(entry, within)
    if (replayed !== undefined && sameValue(essence(replayed, entry), essence(entry, entry))) {
      return undefined
    }
    return this.#difference(entry, replayed)
  }

  /** Lets go of the connection; returns what the application did beyond the recording. */
  end(): readonly ReplayDifference[] {
    const more = this.#done.clear().map((done) => this.#difference(undefined, done))
    this.#client.terminate()
    return more
  }

  #heard(done: TrafficEntry): void {
    if (done.kind === 'message' && done.direction === 'in') return
    this.#done.push({ ...done, connection: this.#number })
    this.#wake?.()
  }

  async #next({ kind }: TrafficEntry, within: number): Promise<TrafficEntry | undefined> {
    // After its close, a connection can only report what a session failed with.
    const mayCome = !this.#missed && (!this.#closed || kind === 'error')
    if (this.#done.length === 0 && mayCome) {
      const come = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      await inTime(come, within)
    }
    const done = this.#done.shift()
    this.#missed = done === undefined
    this.#closed ||= done?.kind === 'close'
    return done
  }

  #send(entry: MessageEntry): void {
    const { mode, text, base64 = '', fin = true } = entry
    const content = text ?? decodeBase64(base64)
    const whole = fin && !this.#fragments
    this.#fragments = !fin
    if (whole && (mode === 'text') === (typeof content === 'string')) {
      this.#client.send(content)
      return
    }
    const bytes = typeof content === 'string' ? encodeUtf8(content) : content
    this.#client.link.sendFrame(
      mode === 'text' ? new Frame.Text(bytes, fin) : new Frame.Binary(bytes, fin),
    )
  }

  #close({ code, reason }: CloseEntry): void {
    if (code === WsStatus.ABNORMAL_CLOSE.code) this.#client.terminate()
    // An empty Close frame is one that no code stands for.
    else if (code === WsStatus.NOCODE.code) this.#client.link.sendFrame(new Frame.Close())
    else this.#client.close(new CloseReason(code, reason))
  }

  #difference(
    recorded: TrafficEntry | undefined,
    replayed: TrafficEntry | undefined,
  ): ReplayDifference {
    return { connection: this.#number, recorded, replayed }
  }
}

/** What of an entry has to be the same again; who closed is not known of every recording. */
function essence(entry: TrafficEntry, recorded: TrafficEntry): unknown {
  const { at: _, ...rest } = entry
  if (rest.kind === 'open') return { kind: rest.kind, protocol: rest.protocol }
  if (rest.kind === 'close' && recorded.kind === 'close' && recorded.direction === undefined) {
    const { direction: _unknown, ...close } = rest
    return close
  }
  return rest
}

function requestOf({ method, url, headers: fields }: OpenEntry, peer: RequestPeer): UpgradeRequest {
  const headers = headersFrom(fields)
  return upgradeRequest({
    method,
    url,
    peer,
    header: (name) => headers.get(name),
    headers: () => headers,
    raw: () => new Request(url, { method, headers }),
  })
}

function same<T>(value: T): T {
  return value
}
