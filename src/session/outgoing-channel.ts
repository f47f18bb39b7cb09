import type { Frame } from '../protocol/frame.ts'
import type { SendChannel } from './channel.ts'

/** Where an outgoing channel's frames go. */
export interface OutgoingTarget {
  /** True when the next frame need not wait. */
  readonly ready: boolean
  /** `false`: above the high-water mark, or not sent since the connection is closing. */
  write(frame: Frame): boolean
  /** Resolves when it is ready, or closed. */
  drained(): Promise<void>
  /** Set once nothing more can be sent: why. */
  readonly closedError: Error | undefined
  /** More waits than `capacity` allows. True: it is to be refused. */
  overflow(frames: number, bytes: number): Error | undefined
}

interface Waiting {
  readonly frame: Frame
  resolve(): void
  reject(error: Error): void
}

const SENT: Promise<void> = Promise.resolve()

/** Frames on their way out: straight through below the high-water mark, in a queue above it. Control frames pass the queue. */
export class OutgoingChannel implements SendChannel<Frame> {
  readonly #target: OutgoingTarget
  #queue: Waiting[] = []
  #bytes = 0
  #pumping = false
  #onEmpty: (() => void) | undefined

  constructor(target: OutgoingTarget) {
    this.#target = target
  }

  get isClosedForSend(): boolean {
    return this.#target.closedError !== undefined
  }

  /** Frames that wait. */
  get length(): number {
    return this.#queue.length
  }

  send(frame: Frame): Promise<void> {
    const target = this.#target
    if (target.closedError !== undefined) return refused(target.closedError)
    if (frame.frameType.controlFrame) {
      target.write(frame)
      return SENT
    }
    if (this.#queue.length === 0 && target.ready) {
      if (target.write(frame)) return SENT
      return target.closedError === undefined ? this.#wait() : refused(target.closedError)
    }
    return this.#enqueue(frame)
  }

  trySend(frame: Frame): boolean {
    const target = this.#target
    if (target.closedError !== undefined) return false
    if (!frame.frameType.controlFrame && (this.#queue.length > 0 || !target.ready)) return false
    target.write(frame)
    return target.closedError === undefined
  }

  /** Calls `fn` once everything that waits now has been sent, or can no longer be. */
  whenEmpty(fn: () => void): void {
    if (this.#queue.length === 0) fn()
    else this.#onEmpty = fn
  }

  /** Nothing more can be sent. */
  end(error: Error): void {
    const queue = this.#queue
    this.#queue = []
    this.#bytes = 0
    for (const waiting of queue) waiting.reject(error)
    this.#empty()
  }

  #enqueue(frame: Frame): Promise<void> {
    const overflow = this.#target.overflow(this.#queue.length + 1, this.#bytes + frame.byteLength)
    if (overflow !== undefined) return refused(overflow)
    const sent = new Promise<void>((resolve, reject) => {
      this.#queue.push({ frame, resolve, reject })
      this.#bytes += frame.byteLength
    })
    sent.catch(ignore)
    this.#pump()
    return sent
  }

  #pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    const step = (): void => {
      while (this.#queue.length > 0 && this.#target.ready) {
        const { frame, resolve } = this.#queue.shift()!
        this.#bytes -= frame.byteLength
        this.#target.write(frame)
        resolve()
      }
      if (this.#queue.length > 0 && this.#target.closedError === undefined) {
        void this.#target.drained().then(step)
        return
      }
      this.#pumping = false
      this.#empty()
    }
    void this.#target.drained().then(step)
  }

  /** Until the high-water mark is passed again, or the session ends. */
  #wait(): Promise<void> {
    const drained = this.#target.drained().then(() => {
      if (this.#target.closedError !== undefined) throw this.#target.closedError
    })
    drained.catch(ignore)
    return drained
  }

  #empty(): void {
    const fn = this.#onEmpty
    this.#onEmpty = undefined
    fn?.()
  }
}

function ignore(): void {}

/** Rejected, and harmless when nobody waits for it. */
function refused(error: Error): Promise<void> {
  const promise = Promise.reject<void>(error)
  promise.catch(ignore)
  return promise
}
