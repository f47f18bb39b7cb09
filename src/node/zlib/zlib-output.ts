import { SCRATCH_SIZE } from '../../protocol/scratch-pool.ts'
import { concat } from './concat.ts'

/** Where nobody lends memory; what it was used for is copied out before anything else can run. */
const OWN = new Uint8Array(SCRATCH_SIZE)

/** What zlib writes of one message: into memory that is there already, and into more when that is full. */
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

  /** It is now filled up to here; what was full is followed by more. True when it was. */
  fill(end: number): boolean {
    this.length += end - this.filled
    this.filled = end
    if (end < this.bytes.length) return false
    this.#full.push(this.bytes)
    this.bytes = new Uint8Array(SCRATCH_SIZE)
    this.filled = 0
    return true
  }

  /** The first `length` bytes of the message: in the memory that was lent, if they fit there, else in their own. */
  take(length: number): Uint8Array<ArrayBuffer> {
    if (this.#full.length > 0) return concat([...this.#full, this.bytes], length)
    return this.#lent ? this.bytes.subarray(0, length) : this.bytes.slice(0, length)
  }

  /** Lets go of all but its own. */
  end(): void {
    this.bytes = OWN
    if (this.#full.length > 0) this.#full = []
  }
}
