import type { CloseFrame, Frame } from '../protocol/frame.ts'
import { asError } from '../protocol/thrown.ts'
import { Fifo } from '../websocket/fifo.ts'
import type { SendChannel } from './channel.ts'
import { type Carried, isClose } from './message-frames.ts'
import { handled, refused } from './refused.ts'

/** Where an outgoing channel's frames go. */
export interface OutgoingTarget {
  /** False once the session is closing: what waits still goes out, but nothing is added. */
  readonly accepting: boolean
  /** False once this side has closed. After the peer's Close frame it is still true: a raw session has to answer. */
  readonly closable: boolean
  /** False once nothing goes out any more. */
  readonly open: boolean
  /** Why nothing is added any more. */
  refusal(): Error
  /** Whether it may be written behind what is buffered already; otherwise it waits until that is gone. */
  fits(item: Carried): boolean
  /** `false`: above the high-water mark, or not sent since it is not open. Throws for what cannot be sent. */
  write(item: Carried): boolean
  /** Resolves below the high-water mark, and when nothing goes out any more. */
  drained(): Promise<void>
  /** Resolves when nothing is buffered, and when nothing goes out any more. */
  flushed(): Promise<void>
  /** Begins the close behind what waits now. Throws for a reason that cannot be sent. */
  closeWith(frame: CloseFrame): void
  /** Called with what would then wait. Returns an error when that is too much. */
  overflow(frames: number, bytes: number): Error | undefined
}

/** A place in the queue: an item to send, or none for a callback that only waits for its turn. */
interface Waiting {
  readonly item: Carried | undefined
  resolve(): void
  reject(error: Error): void
}

const SENT: Promise<void> = Promise.resolve()

/** Frames on their way out: straight through below the high-water mark, in queues above it, Ping and Pong first. */
export class OutgoingChannel implements SendChannel<Frame> {
  readonly #target: OutgoingTarget
  readonly #queue = new Fifo<Waiting>()
  /** Control frames that wait: they pass the queue. */
  #urgent: Fifo<Waiting> | undefined
  /** Of the items that wait; the length counts callbacks, too. */
  #frames = 0
  #bytes = 0
  /** Set while there is no room for more. */
  #room: Promise<void> | undefined

  constructor(target: OutgoingTarget) {
    this.#target = target
  }

  get isClosedForSend(): boolean {
    return !this.#target.accepting
  }

  /** How many wait. */
  get length(): number {
    return this.#queue.length + (this.#urgent?.length ?? 0)
  }

  send(item: Carried): Promise<void> {
    const target = this.#target
    if (!this.#accepts(item)) return refused(target.refusal())
    try {
      if (isClose(item)) {
        target.closeWith(item)
        return SENT
      }
      if (!this.#passes(item)) return this.#enqueue(item)
      if (target.write(item)) return SENT
    } catch (thrown) {
      return refused(asError(thrown))
    }
    return target.open ? this.#wait(target.drained()) : refused(target.refusal())
  }

  trySend(item: Carried): boolean {
    const target = this.#target
    if (!this.#accepts(item)) return false
    if (isClose(item)) {
      if (this.length > 0) return false
      target.closeWith(item)
      return true
    }
    if (!this.#passes(item)) return false
    if (target.write(item)) return true
    if (!target.open) return false
    void this.#wait(target.drained())
    return true
  }

  /** Calls `fn` once everything that waits now has been sent, or never can be. */
  after(fn: () => void): void {
    if (this.length === 0) fn()
    else this.#queue.push({ item: undefined, resolve: fn, reject: fn })
  }

  /** Nothing goes out any more. */
  end(error: Error): void {
    for (const waiting of this.#urgent?.clear() ?? []) waiting.reject(error)
    for (const waiting of this.#queue.clear()) waiting.reject(error)
  }

  #accepts(item: Carried): boolean {
    return isClose(item) ? this.#target.closable : this.#target.accepting
  }

  #passes(item: Carried): boolean {
    if (this.#room !== undefined) return false
    return isUrgent(item) || (this.#queue.length === 0 && this.#target.fits(item))
  }

  #enqueue(item: Carried): Promise<void> {
    const frames = this.#frames + 1
    const bytes = this.#bytes + item.byteLength
    const overflow = this.#target.overflow(frames, bytes)
    if (overflow !== undefined) return refused(overflow)
    const sent = new Promise<void>((resolve, reject) => {
      this.#queueFor(item).push({ item, resolve, reject })
    })
    this.#frames = frames
    this.#bytes = bytes
    if (this.#room === undefined) void this.#wait(this.#target.flushed())
    return handled(sent)
  }

  #queueFor(item: Carried): Fifo<Waiting> {
    if (!isUrgent(item)) return this.#queue
    this.#urgent ??= new Fifo()
    return this.#urgent
  }

  /** Resolves when there is room again, after the queue has gone on. */
  #wait(room: Promise<void>): Promise<void> {
    this.#room ??= room.then(() => {
      this.#room = undefined
      this.#pump()
    })
    return this.#room
  }

  #pump(): void {
    while (this.#room === undefined) {
      const queue = this.#urgent?.first === undefined ? this.#queue : this.#urgent
      const next = queue.first
      if (next === undefined) return
      const { item } = next
      if (item !== undefined && !isUrgent(item) && !this.#target.fits(item)) {
        void this.#wait(this.#target.flushed())
        return
      }
      queue.shift()
      if (item === undefined) next.resolve()
      else this.#send(item, next)
    }
  }

  #send(item: Carried, { resolve, reject }: Waiting): void {
    const target = this.#target
    this.#frames--
    this.#bytes -= item.byteLength
    try {
      if (target.write(item)) {
        resolve()
        return
      }
    } catch (thrown) {
      reject(asError(thrown))
      return
    }
    if (target.open) {
      resolve()
      void this.#wait(target.drained())
    } else {
      reject(target.refusal())
    }
  }
}

/** Close is not urgent: it goes behind what waits. */
function isUrgent(item: Carried): boolean {
  return 'type' in item && (item.type === 'ping' || item.type === 'pong')
}
