import { checkReason } from '../protocol/close/close-code.ts'
import type { CloseRecord } from '../protocol/close/close-record.ts'
import { type CloseReason, NO_STATUS, TRY_AGAIN_LATER } from '../protocol/close/reason.ts'
import { asError } from '../protocol/errors/thrown.ts'
import type { CloseFrame } from '../protocol/frame/frame.ts'
import { ConnectionLostException, WebSocketClosedException } from '../websocket/errors.ts'
import { isDeaf } from '../websocket/own-link.ts'
import { CLOSE_TIMEOUT } from '../websocket/socket/socket-settings.ts'
import { type Clock, systemClock } from '../websocket/support/clock.ts'
import { duration } from '../websocket/support/option-checks.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsStatus } from '../websocket/ws-status.ts'
import { type Bounds, boundsOf } from './channel/channel-bounds.ts'
import type { FrameWire } from './channel/frame-wire.ts'
import { IncomingChannel, type IncomingOwner } from './channel/incoming-channel.ts'
import { type Carried, isClose } from './channel/message-frames.ts'
import { OutgoingChannel, type OutgoingOwner } from './channel/outgoing-channel.ts'
import { ChannelOverflowException } from './errors.ts'
import { closeRecordOf, endError } from './session-end.ts'
import type { SessionOptions } from './session-options.ts'

/** What stands behind a session: its two channels on a socket, and its end. */
export class SessionCore implements IncomingOwner, OutgoingOwner {
  readonly socket: Websocket
  readonly wire: FrameWire
  readonly clock: Clock
  readonly incoming: IncomingChannel
  readonly outgoing: OutgoingChannel
  record: CloseRecord | undefined
  /** The reason in the peer's Close frame. Only a raw session gets that before the end, and sets it. */
  remote: CloseReason = NO_STATUS
  readonly #closeTimeout: number
  readonly #bounds: { readonly incoming: Bounds; readonly outgoing: Bounds }
  #closing: CloseReason | undefined
  #last: CloseFrame | undefined
  #failure: Error | undefined
  #paused = false
  #cancelTimer: (() => void) | undefined
  readonly #listeners: ((record: CloseRecord) => void)[] = []

  /** Throws a `RangeError` for invalid options. */
  constructor(socket: Websocket, wire: FrameWire, options: SessionOptions) {
    this.socket = socket
    this.wire = wire
    this.clock = options.clock ?? systemClock
    this.incoming = new IncomingChannel(this)
    this.outgoing = new OutgoingChannel(this)
    this.#bounds = boundsOf(options.channels)
    this.#closeTimeout = duration('closeTimeout', options.closeTimeout, CLOSE_TIMEOUT)
    const listen = (): void => void socket.onClose((status) => this.#end(status))
    // A socket that has closed already delivers what it holds in a microtask: its end comes after that.
    if (socket.state === 'closed') queueMicrotask(listen)
    else listen()
  }

  /** Calls `fn` at the end, or at once if it has ended. */
  onEnd(fn: (record: CloseRecord) => void): void {
    if (this.record === undefined) this.#listeners.push(fn)
    else fn(this.record)
  }

  /**
   * Begins the close: `send`, which sends the Close frame, is called after what waits now. `false` if this side has begun
   * it already. Without `send`, the socket closes; a code that cannot be sent then throws a `RangeError`.
   */
  close(reason: CloseReason, send?: () => void): boolean {
    if (this.record !== undefined || this.#closing !== undefined) return false
    if (send === undefined) checkReason(reason)
    this.#closing = reason
    // A message in pieces is given up, with all that waits behind it.
    if (this.outgoing.turn !== undefined) this.outgoing.end(this.refusal())
    this.#readOn()
    const timeout = this.#closeTimeout
    this.#cancelTimer = this.clock.after(timeout, () => {
      // Even if it is too late for the peer, the record is to have this reason.
      this.#sendClose(reason, send)
      const why = `what waited to be sent was not taken within ${timeout} ms`
      this.#giveUp(new ConnectionLostException(why))
    })
    this.outgoing.after(() => {
      this.#cancelTimer?.()
      this.#sendClose(reason, send)
    })
    return true
  }

  /** Queues what came in. A Close frame always fits, since it is the last. */
  deliver(item: Carried): void {
    const { incoming } = this
    if (incoming.give(item) || incoming.ended) return
    const { capacity, bytes: most, onOverflow } = this.#bounds.incoming
    const suspends = onOverflow === 'suspend'
    const times = suspends ? 2 : 1
    const frames = incoming.length + 1
    const bytes = incoming.bytes + item.byteLength
    const full =
      (frames > capacity * times || bytes > most * times) &&
      !isClose(item) &&
      // What filters hold has been read already, and no more will be.
      !isDeaf(this.socket)
    if (suspends || !full || frames === 1) incoming.push(item)
    if (!full) return
    const { link } = this.socket
    if (!this.accepting) {
      // This side has closed, or a filter or the server has: what still comes is dropped.
      incoming.end(this.refusal())
    } else if (!suspends || link.pause === undefined) {
      if (frames > 1) this.#overflowed('incoming', frames, bytes)
    } else {
      this.#paused = true
      link.pause()
    }
  }

  /** Queues a Close frame as the last of all, at the end: what came before it may still be with a filter. */
  deliverLast(frame: CloseFrame): void {
    this.#last = frame
  }

  // Called by the channels

  taken(): void {
    if (!this.#paused) return
    const { capacity, bytes } = this.#bounds.incoming
    if (this.incoming.length <= capacity && this.incoming.bytes <= bytes) this.#resume()
  }

  get accepting(): boolean {
    return this.#closing === undefined && this.open
  }

  get open(): boolean {
    const { state } = this.socket
    return state === 'open' || state === 'connecting'
  }

  refusal(): Error {
    if (this.record !== undefined) return endError(this.record)
    return new WebSocketClosedException(this.#closing ?? this.remote, 'the session is closing')
  }

  closeWith(frame: CloseFrame): boolean {
    return this.close(...this.wire.closing(frame))
  }

  checkWaiting(frames: number, bytes: number): void {
    const { capacity, bytes: most, onOverflow } = this.#bounds.outgoing
    if (onOverflow === 'suspend') return
    if (frames > capacity || (bytes > most && frames > 1)) {
      throw this.#overflowed('outgoing', frames, bytes)
    }
  }

  /** If reading is paused, the peer's Close would not be read: what waits is kept, and nothing is added. */
  #readOn(): void {
    if (!this.#paused) return
    this.incoming.end(this.refusal())
    this.#resume()
  }

  #resume(): void {
    this.#paused = false
    this.socket.link.resume?.()
  }

  #overflowed(channel: string, frames: number, bytes: number): Error {
    const message = `${channel} overflowed: ${frames} frames with ${bytes} bytes would wait`
    const error = new ChannelOverflowException(message)
    this.#failure ??= error
    this.#closing ??= TRY_AGAIN_LATER
    this.incoming.end(error, error)
    this.#sendClose(TRY_AGAIN_LATER)
    this.outgoing.end(error)
    return error
  }

  #sendClose(reason: CloseReason, send = (): void => this.socket.close(reason)): void {
    try {
      send()
    } catch (thrown) {
      // A filter threw. Nothing else would tell the peer, or end the session.
      this.#giveUp(asError(thrown))
    }
  }

  #giveUp(failure: Error): void {
    this.#failure ??= failure
    this.socket.terminate()
  }

  #end(status: WsStatus): void {
    const record = this.socket.link.closeRecord ?? closeRecordOf(status, this.#closing)
    // A failure of its own came before anything else that went wrong.
    const cause = this.#failure ?? record.cause
    this.record = { ...record, cause }
    const error = endError(this.record)
    // Before a loop over `incoming` ends: what follows it finds that the session is gone from its topics.
    for (const listener of this.#listeners) listener(this.record)
    if (this.#last !== undefined) this.deliver(this.#last)
    this.incoming.end(error, error === this.record.cause ? error : undefined)
    this.outgoing.end(error)
  }
}
