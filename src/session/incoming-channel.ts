import type { Frame } from '../protocol/frame.ts'
import type { Clock } from '../websocket/clock.ts'
import { WebSocketException } from '../websocket/errors.ts'
import { Fifo } from '../websocket/fifo.ts'
import { onAbort } from '../websocket/on-abort.ts'
import { duration } from '../websocket/option-checks.ts'
import type { ReceiveChannel, ReceiveOptions } from './channel.ts'
import { type Carried, frameOf } from './message-frames.ts'
import { type End, FrameReceiver, IterationReceiver, type Receiver } from './receiver.ts'

/** What an incoming channel tells whoever fills it. */
export interface IncomingOwner {
  readonly clock: Clock
  /** Something was taken: there may be room again. */
  taken(): void
}

/** What came and was not received yet, and the receivers that wait for more. After the end, what is queued can be read. */
export class IncomingChannel implements ReceiveChannel<Frame> {
  readonly #owner: IncomingOwner
  readonly #queue = new Fifo<Carried>()
  #bytes = 0
  #receivers: Receiver[] = []
  #end: End | undefined

  constructor(owner: IncomingOwner) {
    this.#owner = owner
  }

  /** Frames waiting. */
  get length(): number {
    return this.#queue.length
  }

  /** Payload bytes waiting. */
  get bytes(): number {
    return this.#bytes
  }

  /** True once no more is taken in. */
  get ended(): boolean {
    return this.#end !== undefined
  }

  get isClosedForReceive(): boolean {
    return this.ended && this.length === 0
  }

  /** Gives it to a receiver that waits; false when there is none. */
  give(item: Carried): boolean {
    if (this.#receivers.length === 0) return false
    this.#receivers.shift()!.give(item)
    return true
  }

  push(item: Carried): void {
    if (this.ended || this.give(item)) return
    this.#queue.push(item)
    this.#bytes += item.byteLength
  }

  /** The first end counts. */
  end(error: Error, failure: Error | undefined): void {
    if (this.#end !== undefined) return
    this.#end = { error, failure }
    const receivers = this.#receivers
    this.#receivers = []
    for (const receiver of receivers) receiver.end(this.#end)
  }

  cancel(): void {
    this.end(new WebSocketException('incoming was cancelled: nothing more is received'), undefined)
    this.#queue.clear()
    this.#bytes = 0
    this.#owner.taken()
  }

  tryReceive(): Frame | undefined {
    const item = this.#take()
    return item && frameOf(item)
  }

  receive(options?: ReceiveOptions): Promise<Frame> {
    if (options?.signal?.aborted === true) return Promise.reject(options.signal.reason)
    const frame = this.tryReceive()
    if (frame !== undefined) return Promise.resolve(frame)
    if (this.#end !== undefined) return Promise.reject(this.#end.error)
    return new Promise((resolve, reject) => {
      const receiver = new FrameReceiver(resolve, reject)
      if (options !== undefined) this.#limit(receiver, options)
      this.#receivers.push(receiver)
    })
  }

  /** Leaving the loop leaves the session open, and the frames for the next one. */
  [Symbol.asyncIterator](): AsyncIterator<Frame, undefined, undefined> {
    return this.values(frameOf)
  }

  /** A loop over what `read` makes of each item, with no further promise; `next` rejects with what it throws. */
  values<T>(read: (item: Carried) => T): AsyncIterator<T, undefined, undefined> {
    return {
      next: () => this.#next(read),
      return: () => Promise.resolve({ value: undefined, done: true }),
    }
  }

  #take(): Carried | undefined {
    const item = this.#queue.shift()
    if (item === undefined) return undefined
    this.#bytes -= item.byteLength
    this.#owner.taken()
    return item
  }

  #next<T>(read: (item: Carried) => T): Promise<IteratorResult<T, undefined>> {
    const item = this.#take()
    if (item !== undefined) {
      try {
        return Promise.resolve({ value: read(item), done: false })
      } catch (thrown) {
        return Promise.reject(thrown)
      }
    }
    return new Promise((resolve, reject) => {
      const receiver = new IterationReceiver(read, resolve, reject)
      if (this.#end === undefined) this.#receivers.push(receiver)
      else receiver.end(this.#end)
    })
  }

  #limit(receiver: FrameReceiver, { signal, timeout }: ReceiveOptions): void {
    const giveUp = (error: unknown): void => {
      this.#receivers = this.#receivers.filter((other) => other !== receiver)
      receiver.fail(error)
    }
    const abort = (): void => giveUp(signal?.reason)
    const late = (): void =>
      giveUp(new DOMException(`no frame came within ${timeout} ms`, 'TimeoutError'))
    const cancel =
      timeout === undefined
        ? undefined
        : this.#owner.clock.after(duration('timeout', timeout, 0), late)
    const unlink = signal && onAbort(signal, abort)
    receiver.settled = () => {
      cancel?.()
      unlink?.()
    }
  }
}
