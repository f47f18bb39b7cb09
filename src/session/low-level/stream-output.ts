import type { ByteOutput } from '../../protocol/bytes/byte-output.ts'
import { asError } from '../../protocol/errors/thrown.ts'
import { BufferOutput } from './buffer-output.ts'
import type { ByteWritable, ByteWriter } from './byte-streams.ts'

/** The owner of a stream that is written to. */
export interface StreamOutputOwner {
  /** The stream has taken all that was written. */
  drained(): void
  /** Nothing more is taken; called for each write that failed. */
  failed(error: Error): void
}

const WRITTEN: Promise<void> = Promise.resolve()

/** Writes to a stream, in one chunk, what was gathered until the next microtask. */
export class StreamOutput implements ByteOutput {
  readonly #writer: ByteWriter
  readonly #owner: StreamOutputOwner
  readonly #gathered = new BufferOutput()
  /** Bytes that the stream has not taken yet. */
  #inFlight = 0
  /** Settles when it has taken all that it was given. */
  #last: Promise<void> = WRITTEN
  #scheduled = false

  constructor(writable: ByteWritable, owner: StreamOutputOwner) {
    this.#writer = writable.getWriter()
    this.#owner = owner
  }

  /** Bytes written that the stream has not taken. */
  get length(): number {
    return this.#gathered.position + this.#inFlight
  }

  get position(): number {
    return this.#gathered.position
  }

  set position(position: number) {
    this.#gathered.position = position
  }

  reserve(size: number): Uint8Array {
    return this.#gathered.reserve(size)
  }

  append(bytes: Uint8Array): void {
    this.#gathered.append(bytes)
  }

  commit(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => void this.flush())
  }

  /** Resolves when the stream has taken all that was written before, and when it never will. */
  flush(): Promise<void> {
    this.#scheduled = false
    if (this.#gathered.position === 0) return this.#last
    const chunk = this.#gathered.take()
    this.#inFlight += chunk.length
    this.#last = this.#writer.write(chunk).then(
      () => {
        this.#inFlight -= chunk.length
        if (this.length === 0) this.#owner.drained()
      },
      (reason: unknown) => this.#fail(reason),
    )
    return this.#last
  }

  /** Writes what was gathered, and closes the stream behind it. */
  end(): void {
    void this.flush()
    this.#writer.close().catch(ignore)
  }

  /** Drops what the stream has not taken. */
  abort(): void {
    this.#writer.abort().catch(ignore)
  }

  #fail(reason: unknown): void {
    this.#inFlight = 0
    this.#owner.failed(asError(reason))
  }
}

function ignore(): void {}
