import type { Frame } from '../protocol/frame.ts'
import type { Clock } from '../websocket/clock.ts'
import type { ReceiveChannel, ReceiveOptions } from './channel.ts'

/** Those who wait for a frame. */
interface Receiver {
  resolve(result: IteratorResult<Frame, undefined>): void
  reject(error: Error): void
}

/** What an incoming channel tells its session. */
export interface IncomingOwner {
  readonly clock: Clock
  /** Something was taken: there may be room again. */
  taken(): void
}

/** How the channel ended: an iteration is silent unless there is a failure; `receive` rejects with `error` in any case. */
interface End {
  readonly failure: Error | undefined
  readonly error: Error
}

/** Frames that came and were not taken, and those who wait for more. What was queued stays readable after the end. */
export class IncomingChannel implements ReceiveChannel<Frame> {
  readonly #owner: IncomingOwner
  #frames: Frame[] = []
  #head = 0
  #bytes = 0
  #receivers: Receiver[] = []
  #end: End | undefined

  constructor(owner: IncomingOwner) {
    this.#owner = owner
  }

  /** Frames waiting. */
  get length(): number {
    return this.#frames.length - this.#head
  }

  /** Payload bytes waiting. */
  get bytes(): number {
    return this.#bytes
  }

  get isClosedForReceive(): boolean {
    return this.#end !== undefined && this.length === 0
  }

  push(frame: Frame): void {
    if (this.#end !== undefined) return
    const receiver = this.#receivers.shift()
    if (receiver !== undefined) {
      receiver.resolve({ value: frame, done: false })
      return
    }
    this.#frames.push(frame)
    this.#bytes += frame.byteLength
  }

  end(error: Error, failure: Error | undefined): void {
    if (this.#end !== undefined) return
    this.#end = { error, failure }
    const receivers = this.#receivers
    this.#receivers = []
    for (const receiver of receivers) receiver.reject(error)
  }

  tryReceive(): Frame | undefined {
    const frame = this.#frames[this.#head]
    if (frame === undefined) return undefined
    this.#head++
    this.#bytes -= frame.byteLength
    if (this.#head === this.#frames.length) {
      this.#frames = []
      this.#head = 0
    } else if (this.#head >= 64 && this.#head * 2 >= this.#frames.length) {
      this.#frames = this.#frames.slice(this.#head)
      this.#head = 0
    }
    this.#owner.taken()
    return frame
  }

  receive(options: ReceiveOptions = {}): Promise<Frame> {
    const frame = this.tryReceive()
    if (frame !== undefined) return Promise.resolve(frame)
    if (this.#end !== undefined) return Promise.reject(this.#end.error)
    const { signal, timeout } = options
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error)
        return
      }
      const finish = (): void => {
        cancel?.()
        signal?.removeEventListener('abort', abort)
      }
      const receiver: Receiver = {
        resolve({ value }) {
          finish()
          resolve(value!)
        },
        reject(error) {
          finish()
          reject(error)
        },
      }
      const give = (error: Error): void => {
        this.#receivers = this.#receivers.filter((other) => other !== receiver)
        receiver.reject(error)
      }
      const abort = (): void => give(signal?.reason as Error)
      signal?.addEventListener('abort', abort, { once: true })
      const cancel =
        timeout === undefined
          ? undefined
          : this.#owner.clock.after(timeout, () =>
              give(new DOMException(`no frame came within ${timeout} ms`, 'TimeoutError')),
            )
      this.#receivers.push(receiver)
    })
  }

  /** Leaving the loop leaves the session open, and the frames for the next one. */
  [Symbol.asyncIterator](): AsyncIterator<Frame, undefined, undefined> {
    return {
      next: () => this.#next(),
      return: () => Promise.resolve({ value: undefined, done: true }),
    }
  }

  #next(): Promise<IteratorResult<Frame, undefined>> {
    const frame = this.tryReceive()
    if (frame !== undefined) return Promise.resolve({ value: frame, done: false })
    if (this.#end !== undefined) return this.#ended()
    return new Promise((resolve, reject) => {
      const failed = (): void => {
        this.#ended().then(resolve, reject)
      }
      this.#receivers.push({ resolve, reject: failed })
    })
  }

  #ended(): Promise<IteratorResult<Frame, undefined>> {
    const failure = this.#end?.failure
    return failure === undefined
      ? Promise.resolve({ value: undefined, done: true })
      : Promise.reject(failure)
  }
}
