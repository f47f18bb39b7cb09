import { copyBytes, writeBytes } from '../bytes/bytes.ts'
import { applyMask, freshMaskKey } from '../bytes/mask.ts'
import type { Frame } from './frame.ts'
import { frameHeaderSize, writeFrameHeader } from './frame-header.ts'
import { OutgoingFragments } from './outgoing-fragments.ts'

/** How many frames may wait. */
const CAPACITY = 1024

/** A frame that waits, with its first octet on the wire. */
interface QueuedFrame {
  readonly first: number
  readonly frame: Frame
}

/**
 * Turns frames into bytes, buffer by buffer. Fragments after the first go out as continuations; each masked frame has
 * a key of its own.
 */
export class Serializer {
  /** Clients mask, servers do not (RFC 6455, section 5.3). Settable at any time; applies to frames not yet begun. */
  masking: boolean
  readonly #queue: QueuedFrame[] = []
  readonly #fragments = new OutgoingFragments()
  #payload: Uint8Array | undefined
  #payloadOffset = 0

  constructor(masking = false) {
    this.masking = masking
  }

  get hasOutstandingBytes(): boolean {
    return this.#payload !== undefined || this.#queue.length > 0
  }

  /** How many more frames `enqueue` takes. */
  get remainingCapacity(): number {
    return CAPACITY - this.#queue.length
  }

  /**
   * Throws a `RangeError` when full, and a `TypeError` for anything but a frame, and for a data frame of another type in
   * the middle of a message.
   */
  enqueue(frame: Frame): void {
    if (this.remainingCapacity === 0) {
      throw new RangeError(`at most ${CAPACITY} frames wait in a serializer: serialize some first`)
    }
    this.#queue.push({ first: this.#fragments.firstOctet(frame), frame })
  }

  /** Writes as much as fits in `target[offset, end)`, headers never split; returns where it stopped. */
  serialize(target: Uint8Array, offset = 0, end: number = target.length): number {
    let position = offset
    for (;;) {
      if (this.#payload !== undefined) {
        position = this.#writePayload(target, position, end)
        if (this.#payload !== undefined) return position
      }
      const next = this.#queue[0]
      if (next === undefined) return position
      if (frameHeaderSize(next.frame.data.length, this.masking) > end - position) return position
      this.#queue.shift()
      position = this.#beginFrame(next, target, position)
    }
  }

  #beginFrame({ first, frame }: QueuedFrame, target: Uint8Array, position: number): number {
    const key = this.masking ? freshMaskKey() : undefined
    this.#payload = key === undefined ? frame.data : maskedCopy(frame.data, key)
    this.#payloadOffset = 0
    return writeFrameHeader(target, position, first, this.#payload.length, key)
  }

  #writePayload(target: Uint8Array, position: number, end: number): number {
    const payload = this.#payload!
    const count = Math.min(payload.length - this.#payloadOffset, end - position)
    writeBytes(target, position, payload, this.#payloadOffset, this.#payloadOffset + count)
    this.#payloadOffset += count
    if (this.#payloadOffset === payload.length) this.#payload = undefined
    return position + count
  }
}

function maskedCopy(data: Uint8Array, key: number): Uint8Array {
  const copy = copyBytes(data)
  applyMask(copy, 0, copy.length, key)
  return copy
}
