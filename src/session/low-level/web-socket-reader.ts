import { portablePorts } from '../../protocol/bytes/ports.ts'
import { LOST, NO_STATUS, truncatedReason } from '../../protocol/close/reason.ts'
import type { Violation } from '../../protocol/close/violation.ts'
import { type Frame, frameOf } from '../../protocol/frame/frame.ts'
import { FrameReader, type FrameReaderTarget } from '../../protocol/frame/frame-reader.ts'
import type { FrameType } from '../../protocol/frame/frame-type.ts'
import { type ConnectionLimits, SERVER_LIMITS } from '../../protocol/frame/limits.ts'
import {
  connectionLost,
  violationException,
  WebSocketClosedException,
} from '../../websocket/errors.ts'
import { type Clock, systemClock } from '../../websocket/support/clock.ts'
import { amount } from '../../websocket/support/option-checks.ts'
import { checkNames, type OptionNames } from '../../websocket/support/option-names.ts'
import type { ChannelConfig, ReceiveChannel } from '../channel/channel.ts'
import { type Bounds, channelBounds } from '../channel/channel-bounds.ts'
import { IncomingChannel, type IncomingOwner } from '../channel/incoming-channel.ts'
import type { ByteReadable } from './byte-streams.ts'
import { StreamInput, type StreamInputTarget } from './stream-input.ts'

/** Options of `WebSocketReader`. */
export interface WebSocketReaderOptions {
  /** In bytes; a larger frame ends `incoming` before its payload is read. Default 1 MiB. */
  readonly maxFrameSize?: number | undefined
  /** Whether frames must be masked: true, the default, is how a server reads, false how a client does. */
  readonly masked?: boolean | undefined
  /** What may wait in `incoming` before reading pauses. */
  readonly channel?: Omit<ChannelConfig, 'onOverflow'> | undefined
  /** For the timeouts of `receive`. */
  readonly clock?: Clock | undefined
}

const READER_OPTIONS: OptionNames<WebSocketReaderOptions> = {
  maxFrameSize: 0,
  masked: false,
  channel: { capacity: 0, bytes: 0 },
  clock: 0,
}

/**
 * Reads frames from a stream of bytes as they are, fragments and control frames included. `incoming` ends after a Close
 * frame, which ends reading, and at the end of the stream. If the peer breaks the protocol or the limit, it ends with a
 * `WebSocketProtocolException` after the frames before. Cancelling `incoming` ends reading, too. Nothing is answered. If
 * reading ends before the stream does, the stream is released, for others to go on reading or to cancel.
 */
export class WebSocketReader {
  readonly #source: FrameSource

  /** Throws a `RangeError` for an invalid option, and a `TypeError` for an unknown one. */
  constructor(readable: ByteReadable, options: WebSocketReaderOptions = {}) {
    checkNames('WebSocketReader', options, READER_OPTIONS)
    this.#source = new FrameSource(readable, options)
  }

  get incoming(): ReceiveChannel<Frame> {
    return this.#source.channel
  }

  /** In bytes. A change holds from the next frame on. */
  get maxFrameSize(): number {
    return this.#source.limits.maxFrameSize
  }

  set maxFrameSize(bytes: number) {
    this.#source.limits.maxFrameSize = amount('maxFrameSize', bytes)
  }
}

class FrameSource implements FrameReaderTarget, IncomingOwner, StreamInputTarget {
  readonly clock: Clock
  readonly limits: ConnectionLimits
  readonly channel: IncomingChannel
  readonly #bounds: Bounds
  readonly #input: StreamInput
  readonly #frames: FrameReader
  /** The rest of a chunk in which the channel became full. */
  #rest: Uint8Array | undefined

  constructor(readable: ByteReadable, options: WebSocketReaderOptions) {
    const { maxFrameSize, masked = true, channel, clock = systemClock } = options
    this.clock = clock
    this.limits = {
      ...SERVER_LIMITS,
      maxFrameSize: amount('maxFrameSize', maxFrameSize, SERVER_LIMITS.maxFrameSize),
    }
    this.channel = new IncomingChannel(this)
    this.#bounds = channelBounds('channel', channel)
    this.#frames = new FrameReader().attach(this, {
      limits: this.limits,
      masked,
      reserved: 0,
      frames: true,
      ports: portablePorts,
    })
    this.#input = new StreamInput(readable, this)
    this.#input.resume()
  }

  get paused(): boolean {
    const { length, bytes } = this.channel
    return length >= this.#bounds.capacity || bytes >= this.#bounds.bytes
  }

  get deaf(): boolean {
    return this.channel.ended
  }

  readMessage(): void {}

  readFrame(
    fin: boolean,
    type: FrameType,
    reserved: number,
    payload: Uint8Array<ArrayBuffer>,
  ): void {
    const frame = frameOf(fin, type, reserved, payload)
    this.channel.push(frame)
    if (frame.type === 'close') {
      this.#end(new WebSocketClosedException(frame.readReason() ?? NO_STATUS), undefined)
    }
  }

  violated(violation: Violation): void {
    const reason = truncatedReason(violation.code, violation.message)
    const error = violationException(violation, reason)
    this.#end(error, error)
  }

  taken(): void {
    if (this.deaf) this.#input.release()
    if (this.paused) return
    const rest = this.#rest
    this.#rest = undefined
    if (rest !== undefined) this.chunk(rest)
    if (this.#rest === undefined) this.#input.resume()
  }

  chunk(bytes: Uint8Array): void {
    const stop = this.#frames.receive(bytes, 0, bytes.length)
    if (stop < bytes.length) this.#rest = bytes.subarray(stop)
    if (this.paused) this.#input.pause()
  }

  ended(error: Error | undefined): void {
    if (error === undefined) {
      this.channel.end(new WebSocketClosedException(LOST))
    } else {
      const lost = connectionLost(error.message, { cause: error })
      this.channel.end(lost, lost)
    }
  }

  #end(error: Error, failure: Error | undefined): void {
    this.channel.end(error, failure)
    this.#input.release()
  }
}
