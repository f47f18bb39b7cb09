import type { CloseRecord } from '../../src/protocol/close/close-record.ts'
import { CloseReason } from '../../src/protocol/close/reason.ts'
import { Frame } from '../../src/protocol/frame/frame.ts'
import { IncomingChannel } from '../../src/session/channel/incoming-channel.ts'
import type { WebSocketSession } from '../../src/session/session.ts'

/** What an end can be asked to do. */
export type Act =
  | 'send'
  | 'sendMedium'
  | 'sendLarge'
  | 'sendFragment'
  | 'trySend'
  | 'ping'
  | 'pong'
  | 'tryPing'
  | 'flush'
  | 'receive'
  | 'receiveInTime'
  | 'receiveUntil'
  | 'abort'
  | 'tryReceive'
  | 'loop'
  | 'leaveLoop'
  | 'cancel'
  | 'close'
  | 'sendClose'
  | 'trySendClose'
  | 'terminate'
  | 'finish'
  | 'fail'
  | 'mask'

/** Something that was sent; its payload has the name. `at` is its place among all that this end was asked to send. */
export interface Sent {
  readonly name: string
  readonly kind: 'data' | 'ping' | 'pong'
  readonly fin: boolean
  readonly at: number
}

/** A `Sent` while it is not known whether it was sent. */
interface Sending extends Sent {
  taken: boolean
  /** The session ended within the very call, as the answer in memory may make it. */
  doubtful: boolean
}

/** What a call that receives got, if anything. */
interface Call {
  frame: Frame | undefined
}

const SIZES = { small: 0, medium: 900, large: 70_000 }

/** One end of a connection: what a session can be asked to do, and what is written down of it. */
export class SessionEnd {
  session: WebSocketSession | undefined
  readonly records: CloseRecord[] = []
  /** How often the session's signal aborted. */
  aborts = 0
  /** Promises that are still to settle. */
  waiting = 0
  /** What it was asked for. */
  readonly asked: Set<'cancel' | 'close' | 'break'> = new Set()
  readonly #sends: Sending[] = []
  readonly #calls: Call[] = []
  #loop: AsyncIterator<Frame> | undefined
  #signal = new AbortController()
  #finish: (() => void) | undefined
  #fail: ((error: Error) => void) | undefined
  readonly #name: string

  constructor(name: string) {
    this.#name = name
  }

  /** A handler: it ends when the schedule says so. */
  open(session: WebSocketSession): Promise<void> {
    this.session = session
    session.signal.addEventListener('abort', () => this.aborts++)
    void session.closed.then((record) => this.records.push(record))
    return new Promise((resolve, reject) => {
      this.#finish = resolve
      this.#fail = reject
    })
  }

  /** What the session sent, given what the peer has heard: of something doubtful nothing else can tell. */
  sent(kind: Sent['kind'], heard: readonly string[]): readonly Sent[] {
    return this.#sends.filter(
      (one) => one.kind === kind && (one.taken || (one.doubtful && heard.includes(one.name))),
    )
  }

  /** What was received, in the order in which it was asked for. */
  get heard(): readonly Frame[] {
    return this.#calls.flatMap(({ frame }) => frame ?? [])
  }

  /** How many frames and bytes wait to be received. */
  get held(): readonly [frames: number, bytes: number] {
    const incoming = this.session?.incoming
    return incoming instanceof IncomingChannel ? [incoming.length, incoming.bytes] : [0, 0]
  }

  readonly acts: Readonly<Record<Act, (on: WebSocketSession) => void>> = {
    send: (on) => this.#send(on, this.#text('small')),
    sendMedium: (on) => this.#send(on, this.#text('medium')),
    sendLarge: (on) => this.#send(on, this.#text('large')),
    sendFragment: (on) => this.#send(on, this.#text('small', false)),
    trySend: (on) => this.#trySend(on, this.#text('medium')),
    ping: (on) => this.#send(on, new Frame.Ping(bytesOf(this.#nameFor('ping')))),
    pong: (on) => this.#send(on, new Frame.Pong(bytesOf(this.#nameFor('pong')))),
    tryPing: (on) => this.#trySend(on, new Frame.Ping(bytesOf(this.#nameFor('ping')))),
    flush: (on) => this.#await(on.flush()),
    receive: (on) => this.#call(on.incoming.receive()),
    receiveInTime: (on) => this.#call(on.incoming.receive({ timeout: 5 })),
    receiveUntil: (on) => this.#call(on.incoming.receive({ signal: this.#signal.signal })),
    abort: () => {
      this.#signal.abort()
      this.#signal = new AbortController()
    },
    tryReceive: (on) => {
      this.#calls.push({ frame: on.incoming.tryReceive() })
    },
    loop: (on) => {
      this.#loop ??= on.incoming[Symbol.asyncIterator]()
      this.#call(this.#loop.next().then(({ value }) => value))
    },
    leaveLoop: () => {
      const left = this.#loop?.return?.()
      if (left !== undefined) this.#await(left)
      this.#loop = undefined
    },
    cancel: (on) => {
      this.asked.add('cancel')
      on.incoming.cancel()
    },
    close: (on) => this.#close(() => this.#await(on.close(new CloseReason(4000)))),
    sendClose: (on) =>
      this.#close(() => this.#await(on.send(new Frame.Close(new CloseReason(4001))))),
    trySendClose: (on) => {
      if (on.outgoing.trySend(new Frame.Close())) this.asked.add('close')
    },
    terminate: (on) => {
      this.asked.add('break')
      on.terminate()
    },
    finish: () => this.#close(() => this.#finish?.()),
    fail: () => this.#close(() => this.#fail?.(new Error('on purpose'))),
    mask: (on) => {
      this.asked.add('break')
      if ('masking' in on) on.masking = on.masking !== true
    },
  }

  /** Takes all that comes, until the end. */
  drain(): void {
    if (this.session === undefined) return
    const call: Call = { frame: undefined }
    this.#calls.push(call)
    this.#await(
      this.session.incoming.receive().then((frame) => {
        call.frame = frame
        this.drain()
      }),
    )
  }

  #text(size: keyof typeof SIZES, fin = true): Frame {
    return new Frame.Text(this.#nameFor('data', fin).padEnd(SIZES[size], '.'), fin)
  }

  #nameFor(kind: Sent['kind'], fin = true): string {
    const at = this.#sends.length
    const name = `${this.#name}-${kind}-${at}.`
    this.#sends.push({ name, kind, fin, at, taken: false, doubtful: false })
    return name
  }

  #send(on: WebSocketSession, frame: Frame): void {
    const entry = this.#sends.at(-1)!
    const { isClosedForSend } = on.outgoing
    this.#await(
      on.send(frame).then(() => {
        entry.taken = true
      }),
    )
    entry.doubtful = !isClosedForSend && on.outgoing.isClosedForSend
  }

  #trySend(on: WebSocketSession, frame: Frame): void {
    const entry = this.#sends.at(-1)!
    const { isClosedForSend } = on.outgoing
    entry.taken = on.outgoing.trySend(frame)
    entry.doubtful = !isClosedForSend && on.outgoing.isClosedForSend
  }

  #close(how: () => void): void {
    this.asked.add('close')
    how()
  }

  #call(promise: Promise<Frame | undefined>): void {
    const call: Call = { frame: undefined }
    this.#calls.push(call)
    this.#await(
      promise.then((frame) => {
        call.frame = frame
      }),
    )
  }

  #await(promise: Promise<unknown>): void {
    this.waiting++
    const settled = (): void => {
      this.waiting--
    }
    promise.then(settled, settled)
  }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

/** The names in a frame: of a message that was sent in fragments, several. */
export function namesOf(frame: Frame): readonly string[] {
  return new TextDecoder().decode(frame.data).match(/(client|server)-\w+-\d+\./g) ?? []
}
