import { SCRATCH_SIZE } from '../../protocol/bytes/scratch-pool.ts'
import { concat } from './concat.ts'

/** For calls without scratch memory: the result is copied out before anything else can run. */
const OWN = new Uint8Array(SCRATCH_SIZE)

/** Gathers what zlib writes of one message: in memory that exists already, and in new memory once that is full. */
export class ZlibOutput {
  /** What is written into now. */
  bytes: Uint8Array<ArrayBuffer> = OWN
  /** How far that is filled. */
  filled = 0
  /** Bytes in all. */
  length = 0
  #full: Uint8Array[] = []
  #lent = false

  begin(scratch: Uint8Array<ArrayBuffer> | undefined): void {
    this.bytes = scratch ?? OWN
    this.filled = 0
    this.length = 0
    this.#lent = scratch !== undefined
  }

  /** zlib has written up to `end`. True when that is all of it: then there is new memory to write into. */
  fill(end: number): boolean {
    this.length += end - this.filled
    this.filled = end
    if (end < this.bytes.length) return false
    this.#full.push(this.bytes)
    this.bytes = new Uint8Array(SCRATCH_SIZE)
    this.filled = 0
    return true
  }

  /** The first `length` bytes of the message: in the scratch memory if they fit, else in an array of their own. */
  take(length: number): Uint8Array<ArrayBuffer> {
    if (this.#full.length > 0) return concat([...this.#full, this.bytes], length)
    return this.#lent ? this.bytes.subarray(0, length) : this.bytes.slice(0, length)
  }

  /** Forgets the message, and the scratch memory. */
  end(): void {
    this.bytes = OWN
    if (this.#full.length > 0) this.#full = []
  }
}
