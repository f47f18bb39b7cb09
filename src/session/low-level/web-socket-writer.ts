import { portablePorts } from '../../protocol/bytes/ports.ts'
import { NO_STATUS } from '../../protocol/close/reason.ts'
import type { Frame } from '../../protocol/frame/frame.ts'
import { FrameWriter } from '../../protocol/frame/frame-writer.ts'
import {
  type ConnectionLostException,
  connectionLost,
  WebSocketClosedException,
} from '../../websocket/errors.ts'
import { DrainWaiters } from '../../websocket/socket/drain-waiters.ts'
import { SOCKET_DEFAULTS } from '../../websocket/socket/socket-settings.ts'
import { amount } from '../../websocket/support/option-checks.ts'
import { checkNames, type OptionNames } from '../../websocket/support/option-names.ts'
import type { SendChannel } from '../channel/channel.ts'
import { handled, refused } from '../channel/refused.ts'
import type { ByteWritable } from './byte-streams.ts'
import { StreamOutput } from './stream-output.ts'

/** Options of `WebSocketWriter`. */
export interface WebSocketWriterOptions {
  /** Whether frames are masked, as a client does. Default false. */
  readonly masking?: boolean | undefined
  /** Above it, in bytes, `send` waits. Default 64 KiB. */
  readonly highWaterMark?: number | undefined
}

const WRITER_OPTIONS: OptionNames<WebSocketWriterOptions> = { masking: false, highWaterMark: 0 }

/**
 * Writes frames to a stream of bytes, in the order in which they are sent, many in one chunk. After a Close frame the
 * stream is closed, and no more is sent.
 */
export class WebSocketWriter {
  readonly #sink: FrameSink

  /** Throws a `RangeError` for an invalid option, and a `TypeError` for an unknown one. */
  constructor(writable: ByteWritable, options: WebSocketWriterOptions = {}) {
    checkNames('WebSocketWriter', options, WRITER_OPTIONS)
    this.#sink = new FrameSink(writable, options)
  }

  get outgoing(): SendChannel<Frame> {
    return this.#sink
  }

  /** For frames sent from now on. */
  get masking(): boolean {
    return this.#sink.frames.masking
  }

  set masking(masking: boolean) {
    this.#sink.frames.masking = masking
  }

  /** As `outgoing.send`. */
  send(frame: Frame): Promise<void> {
    return this.#sink.send(frame)
  }

  /** Resolves when the stream has taken all that was sent before, and when it never will. */
  flush(): Promise<void> {
    return this.#sink.flush()
  }
}

class FrameSink implements SendChannel<Frame> {
  readonly frames: FrameWriter
  readonly #output: StreamOutput
  readonly #highWaterMark: number
  readonly #waiters = new DrainWaiters()
  /** Why nothing more is sent. */
  #end: Error | undefined
  /** Set once the stream has broken, even behind a Close frame. */
  #lost: ConnectionLostException | undefined

  constructor(writable: ByteWritable, options: WebSocketWriterOptions) {
    const { highWaterMark } = SOCKET_DEFAULTS
    this.#highWaterMark = amount('highWaterMark', options.highWaterMark, highWaterMark)
    this.#output = new StreamOutput(writable, {
      drained: () => this.#waiters.settle(0),
      failed: (error) => {
        this.#lost ??= connectionLost(error.message, { cause: error })
        this.#end ??= this.#lost
        this.#waiters.settle(0)
      },
    })
    this.frames = new FrameWriter(this.#output, portablePorts, options.masking ?? false)
  }

  get isClosedForSend(): boolean {
    return this.#end !== undefined
  }

  send(frame: Frame): Promise<void> {
    if (this.#end !== undefined) return refused(this.#end)
    try {
      this.#write(frame)
    } catch (thrown) {
      return refused(thrown)
    }
    return this.#full ? handled(this.#room()) : SENT
  }

  trySend(frame: Frame): boolean {
    if (this.#end !== undefined || this.#full) return false
    this.#write(frame)
    return true
  }

  flush(): Promise<void> {
    return this.#output.flush()
  }

  get #full(): boolean {
    return this.#output.length > this.#highWaterMark
  }

  #write(frame: Frame): void {
    this.frames.frame(frame)
    if (frame.type === 'close') {
      this.#end = new WebSocketClosedException(
        frame.readReason() ?? NO_STATUS,
        'a Close frame was sent: nothing may follow it',
      )
      this.#output.end()
    } else {
      this.#output.commit()
    }
  }

  /** Rejects when the stream breaks meanwhile. */
  async #room(): Promise<void> {
    await this.#waiters.until(0)
    if (this.#lost !== undefined) throw this.#lost
  }
}

const SENT: Promise<void> = Promise.resolve()
