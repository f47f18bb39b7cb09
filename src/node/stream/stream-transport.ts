import { Buffer } from 'node:buffer'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { asError } from '../../protocol/errors/thrown.ts'
import type { Transport, TransportHandler } from '../../websocket/socket/transport.ts'
import { releaseBatch, takeBatch } from './batch-pool.ts'
import { isBusy } from './busy-turns.ts'
import { answerSoon, chunkRead, flushSoon } from './flush-queue.ts'
import { end, isHttp2Stream, reset } from './http2-stream.ts'
import type { OutputBatch } from './output-batch.ts'
import { writeInPortions } from './portions.ts'
import { readShared } from './shared-read.ts'
import { BY_STREAM, type WriteMode, writeIn, writeModeOf } from './write-mode.ts'

const NOTHING = new Uint8Array(0)

/** Answers up to this size may wait for those of other sockets: joining larger ones gains nothing. */
const SHORT = 20_480

/** Where a stream keeps its transport, so that all streams share one set of listeners, without closures. */
const TRANSPORT = Symbol('antiphon.transport')

interface Carrier {
  [TRANSPORT]: StreamTransport
}

/** A connection over TCP, TLS, a stream of HTTP/2, or any other duplex stream of Node. */
export class StreamTransport implements Transport {
  readonly #stream: Duplex
  readonly #mode: WriteMode
  /** What is to be written; absent while there is nothing. */
  #batch: OutputBatch | undefined
  /** Set by `start`; there may be output before. */
  #handler: TransportHandler | undefined
  #reading = false
  /** Chunks that came while another was handled: a stream in memory may bring the peer's answer during a flush. */
  #behind: Uint8Array[] | undefined
  #scheduled = false
  #paused = false
  #awaitsDrain = false
  /** Called for each write of a stream of TLS or HTTP/2, which never writes at once. */
  readonly #onWritten: ((error?: Error | null) => void) | undefined
  #error: Error | undefined

  constructor(stream: Duplex) {
    this.#stream = stream
    this.#mode = writeModeOf(stream)
    // Servers and agents of others may have set them otherwise.
    if (stream instanceof Socket) stream.setTimeout(0).setNoDelay(true)
    if (!(stream instanceof TLSSocket || isHttp2Stream(stream))) return
    writeInPortions(stream)
    this.#onWritten = (error) => {
      if (error == null) this.drained()
    }
  }

  /** Writes the head of the handshake's answer, in Latin-1, at once. Throws what the stream throws. */
  answer(head: string): void {
    writeIn(this.#mode, this.#stream, Buffer.from(head, 'latin1'), this.#onWritten)
    // A flush may be awaited before anything else is written.
    if (this.#stream.writableLength > 0) this.#awaitDrain()
  }

  /** Begins to read: first `head`, which came with the handshake, then what the stream brings. */
  start(handler: TransportHandler, head: Uint8Array): void {
    const stream: Duplex & Partial<Carrier> = this.#stream
    this.#handler = handler
    stream[TRANSPORT] = this
    stream.on('error', onError)
    stream.on('drain', onDrain)
    stream.on('end', onEnd)
    stream.on('close', onClose)
    // It may be lost already, and does not emit that again.
    this.#error = stream.errored ?? undefined
    // What was flushed before now had nobody to tell.
    if (stream.writableLength === 0) handler.onDrain()
    if (head.length > 0) this.chunk(head, head.length)
    if (stream.closed) {
      this.closed()
      return
    }
    const shared = stream.readableLength === 0 && stream instanceof Socket
    if (!shared || !readShared(stream, onSharedChunk)) stream.on('data', onData)
    // The consumer or a listener may have asked for a pause before it was known how to read.
    if (this.#paused) stream.pause()
    else stream.resume()
    // It may have ended while a handler took its time, and does not emit that again.
    if (stream.readableEnded) this.ended()
  }

  get position(): number {
    return this.#batch?.position ?? 0
  }

  set position(position: number) {
    this.#outputBatch().position = position
  }

  get paused(): boolean {
    return this.#paused
  }

  get bufferedAmount(): number {
    return (this.#batch?.length ?? 0) + this.#stream.writableLength
  }

  reserve(size: number): Uint8Array {
    return this.#outputBatch().reserve(size)
  }

  append(bytes: Uint8Array): void {
    this.#outputBatch().append(bytes)
  }

  commit(): void {
    if (this.#reading || this.#scheduled) return
    // Set first, since `answerSoon` may flush at once.
    this.#scheduled = true
    if (latest !== this) flushSoon(this)
    else if (this.#mayWait()) answerSoon(this)
    else process.nextTick(flush, this)
  }

  flush(): void {
    this.#scheduled = false
    const batch = this.#batch
    if (batch === undefined) return
    this.#batch = undefined
    if (this.#stream.writableEnded || this.#stream.destroyed) batch.discard()
    else if (batch.length > 0) this.#write(batch)
    releaseBatch(batch)
  }

  pause(): void {
    this.#paused = true
    if (this.#handler !== undefined) this.#stream.pause()
  }

  resume(): void {
    this.#paused = false
    if (this.#handler !== undefined) this.#stream.resume()
  }

  end(): void {
    this.flush()
    end(this.#stream)
  }

  destroy(): void {
    this.flush()
    reset(this.#stream)
  }

  // Called by the stream's listeners

  chunk(bytes: Uint8Array, end: number): void {
    if (this.#reading) {
      this.#behind ??= []
      this.#behind.push(bytes.subarray(0, end))
      return
    }
    if (latest !== this) {
      latest?.mayUseSlab(false)
      becomeLatest(this)
      this.mayUseSlab(true)
    }
    this.#reading = true
    this.#handler?.onBytes(bytes, 0, end)
    if (this.#behind !== undefined) {
      // The list may grow meanwhile.
      for (const more of this.#behind) this.#handler?.onBytes(more, 0, more.length)
      this.#behind = undefined
    }
    this.#reading = false
    chunkRead()
    if (this.#mayWait()) this.commit()
    else this.flush()
  }

  mayUseSlab(may: boolean): void {
    if (this.#batch !== undefined) this.#batch.mayUseSlab = may
  }

  drained(): void {
    if (this.#stream.writableLength === 0) this.#handler?.onDrain()
    else this.#awaitDrain()
  }

  ended(): void {
    this.#handler?.onEof()
  }

  /** A TLS stream that cannot read a record emits an error, and does not close by itself. */
  failed(error: Error): void {
    this.#error = error
    reset(this.#stream)
  }

  closed(): void {
    // Otherwise the connection and its listeners would be kept alive until another one is read.
    if (latest === this) becomeLatest(undefined)
    this.#handler?.onGone(this.#error)
  }

  #outputBatch(): OutputBatch {
    if (this.#batch === undefined) {
      this.#batch = takeBatch(this.#stream, this.#mode)
      this.#batch.mayUseSlab = latest === this
    }
    return this.#batch
  }

  /** Whether what there is to write may wait for the answers of other sockets. */
  #mayWait(): boolean {
    const batch = this.#batch
    if (!isBusy() || batch === undefined) return false
    return batch.length <= SHORT && this.#mode !== BY_STREAM
  }

  #write(batch: OutputBatch): void {
    try {
      if (batch.flush(this.#onWritten)) this.#handler?.onDrain()
      else this.#awaitDrain()
    } catch (thrown) {
      // A stream of the user's own may throw in place of an error that it reports.
      this.failed(asError(thrown))
    }
  }

  /**
   * A stream emits 'drain' only if it was filled above its mark. Otherwise, the callback of an empty write tells when it
   * has drained. Streams of TLS and HTTP/2 have `#onWritten` instead: on Deno, TLS cannot write zero bytes.
   */
  #awaitDrain(): void {
    const { writable, writableNeedDrain } = this.#stream
    if (this.#onWritten !== undefined || this.#awaitsDrain || writableNeedDrain || !writable) return
    this.#awaitsDrain = true
    this.#stream.write(NOTHING, (error) => {
      this.#awaitsDrain = false
      if (error == null) this.drained()
    })
  }
}

/**
 * The transport whose chunk was read last. Promises that the chunk settled continue before any other chunk is read, so
 * what they send still answers that chunk: it goes out in one piece, from the slab, as soon as they are done.
 */
let latest: StreamTransport | undefined

function becomeLatest(transport: StreamTransport | undefined): void {
  latest = transport
}

function flush(transport: StreamTransport): void {
  transport.flush()
}

function onSharedChunk(
  this: Socket & Partial<Carrier>,
  bytes: number,
  buffer: Uint8Array,
): boolean {
  const transport = this[TRANSPORT]
  transport?.chunk(buffer, bytes)
  // Node may go on to read a stream that was paused in the middle of a chunk.
  return transport?.paused !== true
}

function onData(this: Carrier, chunk: Uint8Array): void {
  this[TRANSPORT].chunk(chunk, chunk.length)
}

function onDrain(this: Carrier): void {
  this[TRANSPORT].drained()
}

function onEnd(this: Carrier): void {
  this[TRANSPORT].ended()
}

function onError(this: Carrier, error: Error): void {
  this[TRANSPORT].failed(error)
}

function onClose(this: Carrier): void {
  this[TRANSPORT].closed()
}
