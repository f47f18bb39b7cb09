import { copyBytes } from '../protocol/bytes.ts'
import type { Transport, TransportHandler } from '../websocket/transport.ts'

const DEAF: TransportHandler = {
  onBytes() {},
  onDrain() {},
  onEof() {},
  onGone() {},
}

/** One end of a pipe in memory: what is written arrives at the other end at once, within the same call. */
export class MemoryTransport implements Transport {
  position = 0
  #handler: TransportHandler = DEAF
  #peer: MemoryTransport = this
  #buffer = new Uint8Array(1024)
  /** Bytes on their way to this end. */
  #arrived: Uint8Array[] = []
  #arrivedBytes = 0
  #delivering = false
  #paused = false
  #eof = false
  #open = true

  static pair(): [MemoryTransport, MemoryTransport] {
    const a = new MemoryTransport()
    const b = new MemoryTransport()
    a.#peer = b
    b.#peer = a
    return [a, b]
  }

  /** Whom the bytes are for; what has arrived before is delivered now. */
  attach(handler: TransportHandler): void {
    this.#handler = handler
    this.#deliver()
  }

  /** Counts what the other end has not taken: a peer that does not read is a slow one. */
  get bufferedAmount(): number {
    return this.position + this.#peer.#arrivedBytes
  }

  reserve(size: number): Uint8Array {
    if (this.position + size > this.#buffer.length) {
      const grown = new Uint8Array((this.position + size) * 2)
      grown.set(this.#buffer.subarray(0, this.position))
      this.#buffer = grown
    }
    return this.#buffer
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length).set(bytes, this.position)
    this.position += bytes.length
  }

  commit(): void {
    if (!this.#delivering) this.flush()
  }

  flush(): void {
    if (this.position === 0) return
    const bytes = copyBytes(this.#buffer, 0, this.position)
    this.position = 0
    if (this.#open) this.#peer.#take(bytes)
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#deliver()
  }

  end(): void {
    this.flush()
    this.#peer.#takeEof()
  }

  destroy(): void {
    if (!this.#open) return
    this.flush()
    this.#open = false
    this.#handler = DEAF
    this.#arrived = []
    this.#arrivedBytes = 0
    this.#peer.#takeEof()
  }

  #take(bytes: Uint8Array): void {
    if (!this.#open) return
    this.#arrived.push(bytes)
    this.#arrivedBytes += bytes.length
    this.#deliver()
  }

  #takeEof(): void {
    this.#eof = true
    this.#deliver()
  }

  /** One at a time: what a delivery causes comes after it. */
  #deliver(): void {
    if (this.#delivering || this.#handler === DEAF) return
    this.#delivering = true
    const peer = this.#peer
    while (!this.#paused && this.#arrived.length > 0) {
      const bytes = this.#arrived.shift()!
      this.#handler.onBytes(bytes, 0, bytes.length)
      this.#arrivedBytes -= Math.min(bytes.length, this.#arrivedBytes)
      this.flush()
      if (this.#arrivedBytes === 0) peer.#handler.onDrain()
    }
    this.#delivering = false
    this.flush()
    if (this.#eof && !this.#paused && this.#arrived.length === 0 && this.#open) {
      this.#eof = false
      this.#handler.onEof()
    }
  }
}
