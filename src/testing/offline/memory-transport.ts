import { copyBytes } from '../../protocol/bytes/bytes.ts'
import type { Transport, TransportHandler } from '../../websocket/socket/transport.ts'

/** One end of a connection in memory. */
export interface TransportEnd extends Transport {
  /** Sets what gets the bytes; those that have arrived already are delivered now, and so is a break. */
  attach(handler: TransportHandler): void
}

/** How an end takes what arrives. */
export interface Intake {
  /** How many of the bytes that wait are taken at once, at least 1; 0 breaks the connection here. */
  piece(waiting: number): number
  /** Calls `take` when the next piece may be taken, unless the function it returns is called before. Absent: at once. */
  readonly later?: ((take: () => void) => () => void) | undefined
}

const DEAF: TransportHandler = {
  onBytes() {},
  onDrain() {},
  onEof() {},
  onGone() {},
}

/** One end of a pipe in memory: what is written arrives at the other end at once, within the same call. */
export class MemoryTransport implements TransportEnd {
  position = 0
  #handler: TransportHandler = DEAF
  #peer: MemoryTransport = this
  readonly #intake: Intake | undefined
  #buffer = new Uint8Array(1024)
  /** Bytes on their way to this end. */
  #arrived: Uint8Array[] = []
  #arrivedBytes = 0
  #delivering = false
  #paused = false
  #cancelLater: (() => void) | undefined
  #eof = false
  #open = true
  #broken: Error | undefined

  private constructor(intake: Intake | undefined) {
    this.#intake = intake
  }

  /** Two ends, joined; without an intake, an end takes each chunk as it was written. */
  static pair(first?: Intake, second?: Intake): [MemoryTransport, MemoryTransport] {
    const a = new MemoryTransport(first)
    const b = new MemoryTransport(second)
    a.#peer = b
    b.#peer = a
    return [a, b]
  }

  attach(handler: TransportHandler): void {
    // What an end sends before it listens may already have broken the connection.
    if (this.#broken !== undefined) {
      handler.onGone(this.#broken)
    } else {
      this.#handler = handler
      this.#deliver()
    }
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
    this.#letGo()
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

  /** Delivers some pieces, or all: one at a time, since what a delivery causes comes after it. */
  #deliver(pieces = this.#intake?.later === undefined ? Number.POSITIVE_INFINITY : 0): void {
    if (this.#delivering || this.#handler === DEAF) return
    this.#delivering = true
    const peer = this.#peer
    for (let left = pieces; left > 0 && !this.#paused && this.#arrived.length > 0; left--) {
      const bytes = this.#nextPiece()
      if (bytes.length === 0) {
        this.#break()
        break
      }
      this.#handler.onBytes(bytes, 0, bytes.length)
      this.#arrivedBytes -= Math.min(bytes.length, this.#arrivedBytes)
      this.flush()
      if (this.#arrivedBytes === 0) peer.#handler.onDrain()
    }
    this.#delivering = false
    this.flush()
    if (this.#paused || !this.#open) return
    if (this.#arrived.length > 0) {
      this.#deliverLater()
    } else if (this.#eof) {
      this.#eof = false
      this.#handler.onEof()
    }
  }

  #deliverLater(): void {
    this.#cancelLater ??= this.#intake?.later?.(() => {
      this.#cancelLater = undefined
      this.#deliver(1)
    })
  }

  #nextPiece(): Uint8Array {
    if (this.#intake === undefined) return this.#arrived.shift()!
    return takeBytes(this.#arrived, this.#intake.piece(this.#arrivedBytes))
  }

  /** Breaks the connection for both ends. What is on its way is lost. */
  #break(): void {
    const handlers = [this.#handler, this.#peer.#handler]
    const broken = new Error('the connection broke')
    this.#letGo(broken)
    this.#peer.#letGo(broken)
    for (const handler of handlers) handler.onGone(broken)
  }

  #letGo(broken?: Error): void {
    this.#open = false
    this.#broken = broken
    this.#handler = DEAF
    this.#arrived = []
    this.#arrivedBytes = 0
    this.#cancelLater?.()
  }
}

/** Takes `size` bytes from the front of `chunks`. */
function takeBytes(chunks: Uint8Array[], size: number): Uint8Array {
  const taken = new Uint8Array(size)
  for (let filled = 0; filled < size; ) {
    const chunk = chunks[0]!
    const part = chunk.subarray(0, size - filled)
    taken.set(part, filled)
    filled += part.length
    if (part.length === chunk.length) chunks.shift()
    else chunks[0] = chunk.subarray(part.length)
  }
  return taken
}
