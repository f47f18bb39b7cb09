import { copyBytes } from '../protocol/bytes.ts'
import { closeCodeProblem } from '../protocol/close-code.ts'
import { CloseReason } from '../protocol/close-reason.ts'
import type { CloseRecord } from '../protocol/close-record.ts'
import type { WebSocketExtension } from '../protocol/extension.ts'
import { Frame } from '../protocol/frame.ts'
import { type Clock, systemClock } from '../websocket/clock.ts'
import {
  ConnectionLostException,
  NotSupportedException,
  WebSocketClosedException,
} from '../websocket/errors.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsStatus } from '../websocket/ws-status.ts'
import type { ChannelsConfig, ReceiveChannel, SendChannel } from './channel.ts'
import { type Bounds, boundsOf } from './channel-bounds.ts'
import { type Deferred, deferred } from './deferred.ts'
import { ChannelOverflowException } from './errors.ts'
import { IncomingChannel, type IncomingOwner } from './incoming-channel.ts'
import { OutgoingChannel, type OutgoingTarget } from './outgoing-channel.ts'
import type { WebSocketSession } from './session.ts'

export interface SessionOptions {
  readonly channels?: ChannelsConfig | undefined
  readonly clock?: Clock | undefined
  /** Milliseconds for what waits to be sent when the session closes. Default 10,000. */
  readonly closeTimeout?: number | undefined
}

/** Above it a sender waits, in bytes. */
const HIGH_WATER = 65_536

/** What a frame in a queue costs beside its payload, in bytes. */
const FRAME_COST = 64

/** What the default and the raw session have in common: channels, and the end. */
export abstract class BaseSession implements WebSocketSession, IncomingOwner, OutgoingTarget {
  readonly clock: Clock
  readonly #socket: Websocket
  readonly #closeTimeout: number
  readonly #bounds: { readonly incoming: Bounds; readonly outgoing: Bounds }
  readonly #incoming: IncomingChannel
  readonly #outgoing: OutgoingChannel
  readonly #closed: Deferred<CloseRecord> = deferred()
  #record: CloseRecord | undefined
  #closing: CloseReason | undefined
  #failure: Error | undefined
  #abort: AbortController | undefined
  #paused = false

  constructor(socket: Websocket, options: SessionOptions = {}) {
    this.#socket = socket
    this.clock = options.clock ?? systemClock
    this.#closeTimeout = options.closeTimeout ?? 10_000
    this.#bounds = boundsOf(options.channels)
    this.#incoming = new IncomingChannel(this)
    this.#outgoing = new OutgoingChannel(this)
    socket.onClose((status) => this.#end(status))
  }

  get incoming(): ReceiveChannel<Frame> {
    return this.#incoming
  }

  get outgoing(): SendChannel<Frame> {
    return this.#outgoing
  }

  get extensions(): readonly WebSocketExtension[] {
    return this.#socket.link.extensions
  }

  get closed(): Promise<CloseRecord> {
    return this.#closed.promise
  }

  get closeRecord(): CloseRecord | undefined {
    return this.#record
  }

  get closeReason(): Promise<CloseReason> {
    return this.#closed.promise.then((record) => record.reason)
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController()
      if (this.#record !== undefined) this.#abort.abort(this.#endError(this.#record))
    }
    return this.#abort.signal
  }

  get maxFrameSize(): number {
    return this.#limits().maxFrameSize
  }

  set maxFrameSize(bytes: number) {
    const limits = this.#limits()
    limits.maxFrameSize = bytes
    limits.maxMessageSize = bytes
  }

  send(content: string | Uint8Array | Frame): Promise<void> {
    if (typeof content === 'string') return this.#outgoing.send(new Frame.Text(content))
    if (content instanceof Uint8Array)
      return this.#outgoing.send(new Frame.Binary(copyBytes(content)))
    return this.#outgoing.send(content)
  }

  async flush(): Promise<void> {
    await new Promise<void>((resolve) => this.#outgoing.whenEmpty(resolve))
    await (this.#socket.link.flush?.() ?? this.#socket.drained())
  }

  close(reason: CloseReason = new CloseReason(1000)): Promise<CloseRecord> {
    const problem = closeCodeProblem(reason.code)
    if (problem !== undefined) throw new RangeError(problem)
    if (this.#closing === undefined && this.#record === undefined) {
      this.#closing = reason
      if (this.#outgoing.length > 0) this.#limitClosing()
      this.#outgoing.whenEmpty(() => this.#socket.close(reason))
    }
    return this.#closed.promise
  }

  terminate(): void {
    this.#socket.terminate()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  // What the channels ask

  abstract write(frame: Frame): boolean

  get ready(): boolean {
    return this.#socket.bufferedAmount <= HIGH_WATER
  }

  drained(): Promise<void> {
    return this.#socket.drained()
  }

  get closedError(): Error | undefined {
    if (this.#record !== undefined) return this.#endError(this.#record)
    if (this.#closing !== undefined) return new WebSocketClosedException(this.#closing)
    if (this.#socket.state === 'open') return undefined
    return new WebSocketClosedException(
      new CloseReason(1006),
      'the session is closing: nothing more can be sent',
    )
  }

  overflow(frames: number, bytes: number): Error | undefined {
    const { capacity, bytes: most, onOverflow } = this.#bounds.outgoing
    if (onOverflow === 'suspend' || (frames <= capacity && bytes <= most)) return undefined
    return this.#overflowed('outgoing', frames, bytes)
  }

  taken(): void {
    const { length, bytes } = this.#incoming
    if (!this.#paused || bytes + length * FRAME_COST > this.#bounds.incoming.bytes) return
    this.#paused = false
    this.#socket.link.resume?.()
  }

  /** Queues what came in. Past the hard mark, twice the bytes of the bounds, reading pauses, control frames included. */
  protected deliver(frame: Frame): void {
    const { capacity, bytes: most, onOverflow } = this.#bounds.incoming
    const incoming = this.#incoming
    const frames = incoming.length + 1
    const bytes = incoming.bytes + frame.byteLength
    if (onOverflow === 'close' && (frames > capacity || (bytes > most && frames > 1))) {
      this.#overflowed('incoming', frames, bytes)
      return
    }
    incoming.push(frame)
    if (this.#paused || bytes + frames * FRAME_COST <= most * 2 || incoming.length === 0) return
    const { link } = this.#socket
    if (link.pause === undefined) {
      this.#overflowed('incoming', frames, bytes)
      return
    }
    this.#paused = true
    link.pause()
  }

  /** No more frames will come, though the connection has not ended. */
  protected endIncoming(reason: CloseReason): void {
    this.#incoming.end(new WebSocketClosedException(reason), undefined)
  }

  #limits(): { maxFrameSize: number; maxMessageSize: number } {
    const { limits } = this.#socket.link
    if (limits !== undefined) return limits
    throw new NotSupportedException('this runtime has no limits that a session could see or change')
  }

  #overflowed(channel: string, frames: number, bytes: number): Error {
    const message = `${channel} overflowed: ${frames} frames with ${bytes} bytes wait`
    const error = new ChannelOverflowException(message)
    this.#failure ??= error
    this.#closing ??= CloseReason.TRY_AGAIN_LATER
    this.#socket.close(CloseReason.TRY_AGAIN_LATER)
    this.#incoming.end(error, error)
    return error
  }

  #limitClosing(): void {
    const cancel = this.clock.after(this.#closeTimeout, () => this.#socket.terminate())
    void this.#closed.promise.then(cancel)
  }

  #end(status: WsStatus): void {
    const record = this.#socket.link.closeRecord ?? this.#recordOf(status)
    this.#record =
      this.#failure === undefined || record.cause !== undefined
        ? record
        : { ...record, cause: this.#failure }
    const error = this.#endError(this.#record)
    const { cause } = this.#record
    const silent = cause === undefined || cause instanceof ConnectionLostException
    this.#incoming.end(error, silent ? undefined : cause)
    this.#outgoing.end(error)
    this.#abort?.abort(error)
    this.#closed.resolve(this.#record)
  }

  #endError(record: CloseRecord): Error {
    const { cause, reason } = record
    return cause === undefined || cause instanceof ConnectionLostException
      ? new WebSocketClosedException(reason)
      : cause
  }

  /** Where the runtime keeps no record: what can be told from the status and from who closed. */
  #recordOf(reason: WsStatus): CloseRecord {
    const local = this.#closing
    const clean = !reason.is(1006)
    const initiator = local !== undefined ? 'local' : clean ? 'remote' : 'transport'
    return { reason, local, remote: clean ? reason : undefined, initiator, clean, cause: undefined }
  }
}
