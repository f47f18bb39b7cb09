import { hex, joined } from './hex.ts'

/** A stream that is fed by hand, and counts how often it was asked for more. */
export class FedStream {
  readonly readable: ReadableStream<Uint8Array>
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  pulls = 0
  cancelled = false

  constructor() {
    this.readable = new ReadableStream(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => {
          this.pulls++
        },
        cancel: () => {
          this.cancelled = true
        },
      },
      { highWaterMark: 0 },
    )
  }

  feed(chunk: Uint8Array): void {
    this.#controller!.enqueue(chunk)
  }

  end(): void {
    this.#controller!.close()
  }

  fail(error: Error): void {
    this.#controller!.error(error)
  }

  /** Chunks that nobody has read. */
  get waiting(): number {
    return Math.abs(this.#controller!.desiredSize!)
  }
}

/** A stream that keeps what is written, and takes it only while it is not held. */
export class KeptStream {
  readonly writable: WritableStream<Uint8Array>
  readonly chunks: Uint8Array[] = []
  closed = false
  aborted = false
  failure: Error | undefined
  #held: Promise<void> | undefined
  #release: (() => void) | undefined

  constructor() {
    this.writable = new WritableStream({
      write: async (chunk) => {
        await this.#held
        if (this.failure !== undefined) throw this.failure
        this.chunks.push(chunk)
      },
      close: () => {
        this.closed = true
      },
      abort: () => {
        this.aborted = true
      },
    })
  }

  hold(): void {
    this.#held = new Promise((resolve) => {
      this.#release = resolve
    })
  }

  release(): void {
    this.#release?.()
    this.#held = undefined
  }

  /** What was written since it was last taken, in hex. */
  taken(): string {
    return hex(joined(...this.chunks.splice(0)))
  }
}

/** Lets streams do their part. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
