import type {
  CloseEntry,
  MessageEntry,
  OpenEntry,
  TrafficEntry,
} from '../../filters/traffic-entry.ts'
import { decodeBase64 } from '../../protocol/bytes/base64.ts'
import { encodeUtf8 } from '../../protocol/bytes/utf8.ts'
import { isValidCloseCode } from '../../protocol/close/close-code.ts'
import { CloseReason } from '../../protocol/close/close-reason.ts'
import { Frame } from '../../protocol/frame/frame.ts'
import { Fifo } from '../../websocket/support/fifo.ts'
import type { Websocket } from '../../websocket/websocket.ts'
import type { CapableLink } from '../../websocket/ws-link.ts'
import { WsStatus } from '../../websocket/ws-status.ts'
import { inTime } from '../clock/in-time.ts'
import { sameValue } from '../expect/same-value.ts'
import { Alignment } from './alignment.ts'

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

/** How a connection is opened once more, and who hears where it goes another way. */
export interface Replaying {
  readonly open: OpenRecorded
  differs(difference: ReplayDifference): void
  /** Once it is aborted, what is missing, and what comes, is no difference. */
  readonly signal?: AbortSignal | undefined
}

/** One connection of a recording, once more: the client does what it did then, what the server does is recorded again. */
export class ReplayedConnection {
  readonly #number: number
  readonly #signal: AbortSignal | undefined
  /** What the server did and nothing was recorded for yet. */
  readonly #done = new Fifo<TrafficEntry>()
  readonly #alignment: Alignment<TrafficEntry>
  #client!: ReplayingSocket
  #wake: ((done: TrafficEntry) => unknown) | undefined
  #fragments = false
  #closed = false
  /** How many of those that are owed have been waited for. */
  #missed = 0

  private constructor(connection: number, { differs, signal }: Replaying) {
    this.#number = connection
    this.#signal = signal
    this.#alignment = new Alignment(isSame, (recorded, replayed) => {
      const both = recorded !== undefined && replayed !== undefined
      if (both || signal?.aborted !== true) differs({ connection, recorded, replayed })
    })
  }

  /** Rejects when it is refused. */
  static async open(entry: OpenEntry, replaying: Replaying): Promise<ReplayedConnection> {
    const replayed = new ReplayedConnection(entry.connection, replaying)
    replayed.#client = await replaying.open(entry, (done) => replayed.#heard(done))
    return replayed
  }

  /** Does what the client did. */
  act(entry: TrafficEntry): void {
    if (entry.kind === 'message' && entry.direction === 'in') this.#send(entry)
    else if (entry.kind === 'close' && entry.direction !== 'out') this.#close(entry)
  }

  /**
   * Compares what the server did next. If it has done nothing yet, waits for at most `within` milliseconds; for half as
   * long when something has not come, so that a silent server does not take as long as its recording.
   */
  async compare(entry: TrafficEntry, within: number): Promise<void> {
    if (entry.kind === 'message' && entry.direction === 'in') return
    this.#alignment.expect(entry)
    this.#take(entry)
    // If this one is owed, it has not been waited for.
    this.#missed = Math.max(0, Math.min(this.#missed, this.#alignment.owed - 1))
    let late = false
    while (!late && this.#mayCome(entry)) {
      const come = new Promise<void>((resolve) => {
        this.#wake = ({ kind }) => (entry.kind === 'close' && kind !== 'close') || resolve()
      })
      late = (await inTime(come, within / 2 ** this.#missed)).kind === 'late'
      this.#take(entry)
    }
    if (late) this.#missed = this.#alignment.owed
    // What comes after this is nothing that was recorded before.
    if (entry.kind === 'close') this.#alignment.end()
  }

  /** Lets go of the connection; what the server did beyond the recording is different. */
  end(): void {
    for (const done of this.#done.clear()) this.#alignment.came(done)
    this.#alignment.end()
    this.#client.terminate()
  }

  #heard(done: TrafficEntry): void {
    if (done.kind === 'message' && done.direction === 'in') return
    if (this.#signal?.aborted !== true) this.#done.push({ ...done, connection: this.#number })
    this.#wake?.(done)
  }

  /** As many as were recorded: what comes next may be for what the client does next. At the close, all up to it. */
  #take({ kind }: TrafficEntry): void {
    while (this.#done.length > 0 && (kind === 'close' ? !this.#closed : this.#alignment.owed > 0)) {
      const done = this.#done.shift()!
      this.#closed ||= done.kind === 'close'
      this.#alignment.came(done)
    }
  }

  /** After its close, a connection can only report what a session failed with. */
  #mayCome({ kind }: TrafficEntry): boolean {
    if (this.#signal?.aborted === true) return false
    if (kind === 'close') return !this.#closed
    return this.#alignment.owed > this.#missed && (!this.#closed || kind === 'error')
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
    this.#missed = 0
    if (code === WsStatus.ABNORMAL_CLOSE.code) this.#client.terminate()
    // An empty Close frame is one that no code stands for; others cannot be sent.
    else if (!isValidCloseCode(code)) this.#client.link.sendFrame(new Frame.Close())
    else this.#client.close(new CloseReason(code, reason))
  }
}

function isSame(replayed: TrafficEntry, recorded: TrafficEntry): boolean {
  return sameValue(essence(replayed, recorded), essence(recorded, recorded))
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
