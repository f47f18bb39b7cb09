import type { Frame } from '../../protocol/frame/frame.ts'
import { WebSocketException } from '../../websocket/errors.ts'
import type { Clock } from '../../websocket/support/clock.ts'
import { Fifo } from '../../websocket/support/fifo.ts'
import { onAbort } from '../../websocket/support/on-abort.ts'
import { duration } from '../../websocket/support/option-checks.ts'
import type { ReceiveChannel, ReceiveOptions } from './channel.ts'
import { asFrame, type Carried, checkWhole } from './message-frames.ts'
import { handled, refused } from './refused.ts'

/** What an incoming channel needs of the code that fills it. */
export interface IncomingOwner {
  readonly clock: Clock
  /** Something was taken: there may be room again. */
  taken(): void
}

/** How a channel ended: `receive` rejects with `error`; an iteration throws `failure`, or without one just ends. */
interface End {
  readonly error: unknown
  readonly failure: Error | undefined
}

/** What a call returns for an item or, if there is none, for the end. It rejects with what this throws. */
type Outcome<T> = (item: Carried | undefined, end: End | undefined) => T

/** A call that waits. */
interface Waiting {
  outcome(item: Carried | undefined, end: End | undefined): unknown
  resolve(value: unknown): void
  reject(reason: unknown): void
}

/** What came and was not received yet, and the receivers that wait for more. What is queued outlives the end. */
export class IncomingChannel implements ReceiveChannel<Frame> {
  /** True where Text and Binary frames are fragments, even if a message happens to come in one. */
  fragments: boolean | undefined
  readonly #owner: IncomingOwner
  readonly #queue = new Fifo<Carried>()
  #bytes = 0
  #receivers: Waiting[] = []
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

  /** Gives an item to a receiver that waits; false when there is none. */
  give(item: Carried): boolean {
    if (this.#receivers.length === 0) return false
    settle(this.#receivers.shift()!, item)
    return true
  }

  push(item: Carried): void {
    if (this.ended || this.give(item)) return
    this.#queue.push(item)
    this.#bytes += item.byteLength
  }

  /** The first end counts. */
  end(error: Error, failure?: Error): void {
    if (this.#end !== undefined) return
    this.#end = { error, failure }
    for (const receiver of this.#receivers.splice(0)) settle(receiver, undefined, this.#end)
  }

  cancel(): void {
    this.end(new WebSocketException('incoming was cancelled: nothing more is received'))
    this.#queue.clear()
    this.#bytes = 0
    this.#owner.taken()
  }

  tryReceive(): Frame | undefined {
    const item = this.#take()
    return item && asFrame(item)
  }

  receive(options?: ReceiveOptions): Promise<Frame> {
    if (options?.signal?.aborted === true) return refused(options.signal.reason)
    if (this.length > 0) return this.#next(received)
    if (options === undefined) return handled(this.#next(received))
    const { signal, timeout } = options
    let cancel: (() => void) | undefined
    let unlink: (() => void) | undefined
    const next = this.#next(received, (receiver) => {
      const giveUp = (error: unknown): void => {
        this.#receivers = this.#receivers.filter((other) => other !== receiver)
        settle(receiver, undefined, { error, failure: undefined })
      }
      const late = (): void =>
        giveUp(new DOMException(`no frame came within ${timeout} ms`, 'TimeoutError'))
      if (timeout !== undefined) {
        cancel = this.#owner.clock.after(duration('timeout', timeout, 0), late)
      }
      unlink = signal && onAbort(signal, () => giveUp(signal.reason))
    })
    const stop = (): void => {
      cancel?.()
      unlink?.()
    }
    next.then(stop, stop)
    return next
  }

  /** Leaving the loop leaves the session open, and the frames for the next one. */
  [Symbol.asyncIterator](): AsyncIterator<Frame, undefined, undefined> {
    return this.values(asFrame)
  }

  /** A loop over what `read` makes of each item, with no further promise; `next` rejects with what it throws. */
  values<T>(read: (item: Carried) => T): AsyncIterator<T, undefined, undefined> {
    const outcome: Outcome<IteratorResult<T, undefined>> = (item, end) => {
      if (item !== undefined) return { value: read(item), done: false }
      if (end?.failure !== undefined) throw end.failure
      return { value: undefined, done: true }
    }
    return {
      next: () => this.#next(outcome),
      return: () => {
        for (const receiver of this.#receivers.splice(0)) {
          if (receiver.outcome === outcome) settle(receiver, undefined)
          else this.#receivers.push(receiver)
        }
        return Promise.resolve({ value: undefined, done: true })
      },
    }
  }

  #take(): Carried | undefined {
    const item = this.#queue.shift()
    if (item === undefined) return undefined
    this.#bytes -= item.byteLength
    this.#owner.taken()
    return item
  }

  /** What `outcome` makes of the next item; `limit` is called with a receiver that has to wait. */
  #next<T>(outcome: Outcome<T>, limit?: (receiver: Waiting) => void): Promise<T> {
    const item = this.#take()
    if (item === undefined && this.#end === undefined) {
      return new Promise((resolve, reject) => {
        const receiver: Waiting = { outcome, resolve, reject }
        limit?.(receiver)
        this.#receivers.push(receiver)
      })
    }
    try {
      return Promise.resolve(outcome(item, this.#end))
    } catch (thrown) {
      return Promise.reject(thrown)
    }
  }
}

/** Throws a `TypeError` for a channel of fragments: what needs messages would take their bytes for those of a message. */
export function checkMessages(channel: ReceiveChannel<Frame>): void {
  checkWhole({ fin: !(channel instanceof IncomingChannel && channel.fragments) })
}

function received(item: Carried | undefined, end: End | undefined): Frame {
  if (item === undefined) throw end?.error
  return asFrame(item)
}

function settle({ outcome, resolve, reject }: Waiting, item: Carried | undefined, end?: End): void {
  try {
    resolve(outcome(item, end))
  } catch (thrown) {
    reject(thrown)
  }
}
