import type { Transport, TransportHandler } from '../../websocket/socket/transport.ts'
import type { ByteStreams } from './byte-streams.ts'
import { StreamInput } from './stream-input.ts'
import { StreamOutput } from './stream-output.ts'

/** A connection over a pair of WHATWG streams. */
export class WebStreamTransport implements Transport {
  readonly #input: StreamInput
  readonly #output: StreamOutput
  #handler: TransportHandler | undefined

  constructor({ readable, writable }: ByteStreams) {
    this.#input = new StreamInput(readable, {
      chunk: (bytes) => {
        this.#handler?.onBytes(bytes, 0, bytes.length)
        this.flush()
      },
      ended: (error) => {
        if (error === undefined) this.#handler?.onEof()
        else this.#handler?.onGone(error)
      },
    })
    this.#output = new StreamOutput(writable, {
      drained: () => this.#handler?.onDrain(),
      failed: (error) => this.#handler?.onGone(error),
    })
  }

  /** Begins to read. */
  start(handler: TransportHandler): void {
    this.#handler = handler
    this.#input.resume()
  }

  get position(): number {
    return this.#output.position
  }

  set position(position: number) {
    this.#output.position = position
  }

  get bufferedAmount(): number {
    return this.#output.length
  }

  reserve(size: number): Uint8Array {
    return this.#output.reserve(size)
  }

  append(bytes: Uint8Array): void {
    this.#output.append(bytes)
  }

  commit(): void {
    this.#output.commit()
  }

  flush(): void {
    void this.#output.flush()
  }

  pause(): void {
    this.#input.pause()
  }

  resume(): void {
    this.#input.resume()
  }

  end(): void {
    this.#output.end()
  }

  destroy(): void {
    this.#handler = undefined
    this.#input.cancel()
    this.#output.abort()
  }
}
