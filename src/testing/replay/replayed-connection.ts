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
import { Fifo } from '../../websocket/support/fifo.ts'
import type { Websocket } from '../../websocket/websocket.ts'
import type { CapableLink } from '../../websocket/ws-link.ts'
import { WsStatus } from '../../websocket/ws-status.ts'
import { inTime } from '../clock/in-time.ts'
import { sameValue } from '../expect/same-value.ts'

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

/** What it takes to do what a client did. */
export type ReplayingSocket = Pick<Websocket, 'send' | 'close' | 'terminate'> & {
  readonly link: Pick<CapableLink<'sendFrame'>, 'sendFrame'>
}

/**
 * Opens a connection as one was opened then. `heard` is told what is done on it, as its server would record it. Rejects when
 * it is refused.
 */
export type OpenRecorded = (
  entry: OpenEntry,
  heard: (entry: TrafficEntry) => void,
) => Promise<ReplayingSocket>

/** One connection of a recording, once more: the client does what it did then, what the server does is recorded again. */
export class ReplayedConnection {
  readonly #number: number
  /** What the server did and has not been compared yet. */
  readonly #done = new Fifo<TrafficEntry>()
  #client!: ReplayingSocket
  #wake: (() => void) | undefined
  #fragments = false
  #closed = false
  /** True once something expected did not come: from then on, only the end is waited for. */
  #missed = false

  private constructor(number: number) {
    this.#number = number
  }

  /** Rejects when it is refused. */
  static async open(entry: OpenEntry, open: OpenRecorded): Promise<ReplayedConnection> {
    const replayed = new ReplayedConnection(entry.connection)
    replayed.#client = await open(entry, (done) => replayed.#heard(done))
    return replayed
  }

  /** Does what the client did. */
  act(entry: TrafficEntry): void {
    if (entry.kind === 'message' && entry.direction === 'in') this.#send(entry)
    else if (entry.kind === 'close' && entry.direction !== 'out') this.#close(entry)
  }

  /** Compares what the server did next. If it has done nothing yet, waits for at most `within` milliseconds. */
  async compare(entry: TrafficEntry, within: number): Promise<ReplayDifference | undefined> {
    if (entry.kind === 'message' && entry.direction === 'in') return undefined
    const replayed = await this.#next(entry, within)
    if (replayed !== undefined && sameValue(essence(replayed, entry), essence(entry, entry))) {
      return undefined
    }
    return this.#difference(entry, replayed)
  }

  /** Lets go of the connection; returns what the server did beyond the recording. */
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
    // Whatever came before, this has an answer of its own.
    this.#missed = false
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
