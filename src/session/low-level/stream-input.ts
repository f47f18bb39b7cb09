import { asError } from '../../protocol/errors/thrown.ts'
import type { ByteReadable, ByteReader } from './byte-streams.ts'

/** What takes a stream's bytes. */
export interface StreamInputTarget {
  /** The chunk belongs to the target from then on. */
  chunk(bytes: Uint8Array): void
  /** The stream has ended or failed, perhaps because it was released. */
  ended(error: Error | undefined): void
}

/** Reads a stream chunk by chunk, unless paused. */
export class StreamInput {
  readonly #reader: ByteReader
  readonly #target: StreamInputTarget
  #wanted = false
  #reading = false
  #over = false

  constructor(readable: ByteReadable, target: StreamInputTarget) {
    this.#reader = readable.getReader()
    this.#target = target
  }

  pause(): void {
    this.#wanted = false
  }

  resume(): void {
    this.#wanted = true
    this.#pull()
  }

  /** Reads no more; others may read on. */
  release(): void {
    this.#over = true
    this.#reader.releaseLock()
  }

  /** Reads no more, and cancels the stream. */
  cancel(): void {
    this.#over = true
    this.#reader.cancel().catch(ignore)
  }

  #pull(): void {
    if (this.#reading || this.#over || !this.#wanted) return
    this.#reading = true
    this.#reader.read().then(
      ({ done, value }) => {
        this.#reading = false
        if (done) this.#end(undefined)
        else if (value !== undefined) this.#target.chunk(value)
        this.#pull()
      },
      (reason: unknown) => this.#end(asError(reason)),
    )
  }

  #end(error: Error | undefined): void {
    this.#over = true
    this.#target.ended(error)
  }
}

function ignore(): void {}
