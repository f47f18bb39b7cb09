import { asError } from '../../protocol/errors/thrown.ts'
import type { CloseFrame, Frame, PingFrame, PongFrame } from '../../protocol/frame/frame.ts'
import { Fifo } from '../../websocket/support/fifo.ts'
import type { Websocket } from '../../websocket/websocket.ts'
import type { WsLink } from '../../websocket/ws-link.ts'
import type { SendChannel } from './channel.ts'
import type { FrameWire } from './frame-wire.ts'
import { type Carried, checkCarried, isClose } from './message-frames.ts'
import { handled, refused } from './refused.ts'

/** What an outgoing channel asks of its session. */
export interface OutgoingOwner {
  readonly socket: Pick<Websocket, 'bufferedAmount' | 'drained'> & {
    readonly link: Pick<WsLink, 'flush'>
  }
  readonly wire: Pick<FrameWire, 'write'>
  /** False once the session is closing: what waits still goes out, but nothing is added. */
  readonly accepting: boolean
  /** False once nothing goes out any more. */
  readonly open: boolean
  /** Why nothing is added any more. */
  refusal(): Error
  /** Begins the close after what waits now; `false` if it has begun already. Throws for a reason that cannot be sent. */
  closeWith(frame: CloseFrame): boolean
  /** Called with what would then wait. Throws when that is too much. */
  checkWaiting(frames: number, bytes: number): void
}

/** What goes through the queue. */
type Content = Exclude<Carried, CloseFrame>

/** A place in the queue: an item to send, or none for a callback that only waits for its turn. */
interface Waiting {
  readonly item: Content | undefined
  resolve(): void
  reject(error: Error): void
}

/** A frame up to this size may be written behind others. A larger one waits until nothing is buffered, so that it fits. */
const LARGE = 65_536

/** What `send` returns when nothing has to wait. */
export const SENT: Promise<void> = Promise.resolve()

/** Frames on their way out: straight through below the high-water mark, in queues above it, Ping and Pong first. */
export class OutgoingChannel implements SendChannel<Frame> {
  /** Whose turn it is, while a message is sent in pieces: what others send waits behind it, except Ping and Pong. */
  turn: object | undefined
  /** Set while there is no room; resolves when there is. */
  room: Promise<void> | undefined
  readonly #owner: OutgoingOwner
  readonly #queue = new Fifo<Waiting>()
  /** Control frames that wait: they overtake the queue. */
  #urgent: Fifo<Waiting> | undefined
  /** The number and size of the items that wait; `length` counts callbacks, too. */
  #frames = 0
  #bytes = 0

  constructor(owner: OutgoingOwner) {
    this.#owner = owner
  }

  get isClosedForSend(): boolean {
    return !this.#owner.accepting
  }

  /** How many items and callbacks wait, with the message that is sent in pieces. */
  get length(): number {
    return this.#queue.length + (this.#urgent?.length ?? 0) + (this.turn === undefined ? 0 : 1)
  }

  send(item: Carried): Promise<void> {
    const owner = this.#owner
    try {
      checkCarried(item)
      if (isClose(item)) {
        if (owner.closeWith(item)) return SENT
      } else if (owner.accepting) {
        const sent = this.#passes(item) ? this.write(item) : this.#enqueue(item)
        if (sent !== undefined) return sent
      }
      return refused(owner.refusal())
    } catch (thrown) {
      return refused(asError(thrown))
    }
  }

  trySend(item: Carried): boolean {
    const owner = this.#owner
    checkCarried(item)
    if (isClose(item)) return this.length === 0 && owner.closeWith(item)
    return owner.accepting && this.#passes(item) && this.write(item) !== undefined
  }

  /** Calls `fn` once everything that waits now has been sent, or never can be. */
  after(fn: () => void): void {
    if (this.length === 0) fn()
    else this.#queue.push({ item: undefined, resolve: fn, reject: fn })
  }

  /** Resolves when all that was sent has been handed to the transport, and when nothing goes out any more. */
  async flush(): Promise<void> {
    // Whoever makes a message in pieces may wait for this between them.
    if (this.turn === undefined) await new Promise<void>((resolve) => this.after(resolve))
    await this.#flushed()
  }

  /** Nothing goes out any more. */
  end(error: Error): void {
    this.turn = undefined
    for (const waiting of this.#urgent?.clear() ?? []) waiting.reject(error)
    for (const waiting of this.#queue.clear()) waiting.reject(error)
  }

  // Called by turns, too

  /** Whether it may be written now, if it is its turn. */
  hasRoomFor(item: Content): boolean {
    return this.room === undefined && this.#fits(item)
  }

  /** Resolves when there is room for another; `undefined` when nothing goes out any more. */
  write(item: Content): Promise<void> | undefined {
    const owner = this.#owner
    if (owner.wire.write(item)) return SENT
    return owner.open ? this.#wait(owner.socket.drained()) : undefined
  }

  /** What waits goes on, as far as there is room. */
  pump(): void {
    while (this.room === undefined) {
      const queue = this.#urgent?.first === undefined ? this.#queue : this.#urgent
      const next = queue.first
      if (next === undefined || (queue === this.#queue && this.turn !== undefined)) return
      const { item } = next
      if (item !== undefined && !this.#fits(item)) {
        void this.#wait(this.#flushed())
        return
      }
      queue.shift()
      if (item === undefined) next.resolve()
      else this.#send(item, next)
    }
  }

  #passes(item: Content): boolean {
    return this.length === 0 && this.hasRoomFor(item)
  }

  /** Whether it may be written behind what is buffered already; otherwise it waits until that is gone. */
  #fits(item: Content): boolean {
    const { socket } = this.#owner
    if (isUrgent(item) || item.content.length <= LARGE) return true
    return socket.bufferedAmount === 0 || socket.link.flush === undefined
  }

  #enqueue(item: Content): Promise<void> {
    const frames = this.#frames + 1
    const bytes = this.#bytes + item.byteLength
    this.#owner.checkWaiting(frames, bytes)
    const sent = new Promise<void>((resolve, reject) => {
      this.#queueFor(item).push({ item, resolve, reject })
    })
    this.#frames = frames
    this.#bytes = bytes
    if (this.room === undefined) void this.#wait(this.#flushed())
    return handled(sent)
  }

  #queueFor(item: Content): Fifo<Waiting> {
    if (!isUrgent(item)) return this.#queue
    this.#urgent ??= new Fifo()
    return this.#urgent
  }

  #flushed(): Promise<void> {
    const { socket } = this.#owner
    return socket.link.flush?.() ?? socket.drained()
  }

  /** Resolves when there is room again, after the queue has gone on. */
  #wait(room: Promise<void>): Promise<void> {
    this.room ??= room.then(() => {
      this.room = undefined
      this.pump()
    })
    return this.room
  }

  #send(item: Content, { resolve, reject }: Waiting): void {
    this.#frames--
    this.#bytes -= item.byteLength
    try {
      if (this.write(item) === undefined) reject(this.#owner.refusal())
      else resolve()
    } catch (thrown) {
      reject(asError(thrown))
    }
  }
}

/** Close is not urgent: it goes behind what waits. */
function isUrgent(item: Content): item is PingFrame | PongFrame {
  return 'type' in item && (item.type === 'ping' || item.type === 'pong')
}
