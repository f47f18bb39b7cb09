import { copyBytes } from '../../protocol/bytes/bytes.ts'
import { checkReason } from '../../protocol/close/close-code.ts'
import type { CloseRecord } from '../../protocol/close/close-record.ts'
import {
  CloseReason,
  INTERNAL_ERROR,
  LOST,
  TRY_AGAIN_LATER,
  truncatedReason,
} from '../../protocol/close/reason.ts'
import { tooBig } from '../../protocol/close/violation.ts'
import type { EngineTraits } from '../capability.ts'
import { connectionLost, FrameTooBigException, OverflowException } from '../errors.ts'
import { InboundGauge } from '../socket/inbound-gauge.ts'
import { byteLengthOf, Inbox, type InboxOwner } from '../socket/inbox.ts'
import { PauseReason } from '../socket/pause-reason.ts'
import { SocketEvents } from '../socket/socket-events.ts'
import { StallWatch } from '../socket/stall-watch.ts'
import type { Websocket } from '../websocket.ts'
import type { SizeLimits } from '../ws-link.ts'
import { WsMessage } from '../ws-message.ts'
import type { WsStatus } from '../ws-status.ts'
import type { ControlledSocket, MessageControls } from './message-controls.ts'
import {
  changeableLimits,
  type MessageSettings,
  type MessageWebsocketOptions,
} from './message-options.ts'
import { MessageSender, type SenderOwner } from './message-sender.ts'
import type { MessageTransport } from './message-transport.ts'
import type { PausedMessages } from './paused-messages.ts'

/**
 * The state behind a `MessageWebsocket`. Adapters report what the runtime's socket does: `received`, `controls.came`,
 * `refused`, and one of the ends. Where the runtime cannot pause, the socket closes if more messages are unhandled than
 * the inbound mark allows.
 */
export class MessageCore implements InboxOwner, ControlledSocket, SenderOwner {
  readonly events: SocketEvents
  readonly messages: Inbox<WsMessage>
  readonly sender: MessageSender
  readonly gauge: InboundGauge
  readonly settings: MessageSettings
  /** Absent where the runtime neither pings nor reports control frames. */
  readonly controls: MessageControls | undefined
  settled = false
  record: CloseRecord | undefined
  readonly #transport: MessageTransport
  readonly #options: MessageWebsocketOptions
  #limits: SizeLimits | undefined
  #kept: PausedMessages | undefined
  #stall: StallWatch | undefined
  #local: CloseReason | undefined
  #cause: Error | undefined
  #cancelCloseTimer: (() => void) | undefined
  #gone = false

  constructor(socket: Websocket, transport: MessageTransport, options: MessageWebsocketOptions) {
    const { settings } = options
    this.events = new SocketEvents(socket, settings.onError)
    this.messages = new Inbox<WsMessage>(this, byteLengthOf)
    this.sender = new MessageSender(this, transport, options)
    this.gauge = new InboundGauge(settings.inboundMark)
    this.#transport = transport
    this.#options = options
    this.settings = settings
    this.controls = transport.controls?.(this)
  }

  // Called by the socket

  get state(): 'open' | 'closing' | 'closed' {
    if (this.record !== undefined) return 'closed'
    return this.#local === undefined && this.#transport.open ? 'open' : 'closing'
  }

  close(status: WsStatus): void {
    // Not later: an `onClose` may close with what it was told, such as 1006.
    if (this.state === 'open') checkReason(status)
    this.#close(status)
  }

  terminate(): void {
    this.#lose()
  }

  /** The consumer will set no more listeners by itself. */
  settle(): void {
    this.settled = true
    this.messages.settle()
  }

  /** Closes, with `closeTimeout` milliseconds for the peer to finish the handshake. */
  shutDown(status: WsStatus, closeTimeout: number): void {
    this.#close(status, closeTimeout)
  }

  // Called by adapters

  /** A message came. Its bytes belong to the socket from then on. */
  received(data: string | ArrayBuffer | Uint8Array<ArrayBuffer>): void {
    const content = data instanceof ArrayBuffer ? new Uint8Array(data) : data
    if (this.#kept === undefined) this.#deliver(content)
    else this.inOrder(() => this.#deliver(content))
  }

  /** The connection has ended. `clean`: Close frames went both ways, the peer's with this code and text. */
  ended(code: number, text: string, clean: boolean): void {
    this.#endInTurn(() => {
      // For an end that is not clean, runtimes make up a code and a text.
      const reason = clean ? truncatedReason(code, text) : LOST
      const remote = clean ? reason : undefined
      const cause = clean ? undefined : connectionLost('the connection was lost')
      this.#end({ reason, remote, clean, cause })
      this.#letGo()
    })
  }

  /** The connection has ended after our own Close, and the runtime does not report the peer's. */
  endedAlone(): void {
    this.#end(UNANSWERED)
    this.#letGo()
  }

  /** The runtime has closed the connection with this reason, for what the peer did wrong. */
  refused(reason: CloseReason, error: Error): void {
    this.#endInTurn(() => {
      this.#local ??= reason
      this.#cause ??= error
      this.endedAlone()
    })
  }

  // Called by inbox, sender, control frames and link

  get engine(): EngineTraits {
    return this.settings.engine
  }

  /** Copied on first use, since they may be changed from then on. */
  get limits(): SizeLimits {
    this.#limits ??= changeableLimits(this.#options.maxMessageSize, this.settings)
    return this.#limits
  }

  get paused(): boolean {
    return this.#kept?.held === true
  }

  hold(reason: number, on: boolean): void {
    if (this.record !== undefined) return
    const { paused } = this
    if (on) this.#kept ??= this.#transport.pausedMessages?.()
    this.#kept?.hold(reason, on)
    if (paused && !this.paused) this.controls?.pings.resumed()
  }

  ping(data: Uint8Array): void {
    if (this.state !== 'open') return
    this.controls?.pings.sent(data)
    this.#transport.ping?.(copyBytes(data))
  }

  flush(): Promise<void> {
    return this.sender.drained(0)
  }

  regulate(): void {
    if (this.record !== undefined) return
    if (this.#transport.pausedMessages === undefined) {
      if (this.gauge.over) this.overflow('more messages came than were handled')
    } else if (this.gauge.over) {
      this.hold(PauseReason.INBOX, true)
      this.#stall ??= new StallWatch(this)
      this.#stall.begin()
    } else if (this.gauge.low) {
      this.hold(PauseReason.INBOX, false)
      this.#stall?.end()
    }
  }

  /** Closes with 1013: a peer that reads, or listeners that work, too slowly. */
  overflow(why: string): void {
    this.fail(TRY_AGAIN_LATER, new OverflowException(why))
  }

  /** Ends the socket at once, and closes: the connection itself ends with the peer's answer or the timeout. */
  fail(reason: CloseReason, cause: Error): void {
    if (this.state !== 'open') return
    this.#cause = cause
    this.#close(reason)
    this.#end(UNANSWERED)
  }

  fault(error: Error): boolean {
    const handled = this.events.fault(error)
    if (!handled) this.#close(INTERNAL_ERROR)
    return handled
  }

  inOrder(deliver: () => void): void {
    if (this.#kept?.held === true || this.#kept?.waits === true) this.#kept.keep(deliver)
    else deliver()
  }

  #deliver(content: string | Uint8Array<ArrayBuffer>): void {
    if (this.record !== undefined) return
    const message = WsMessage.received(content)
    const { maxMessageSize } = this.#limits ?? this.#options
    // A unit of text takes at most three bytes: short ones need not be measured.
    if (content.length * 3 > maxMessageSize && message.byteLength > maxMessageSize) {
      const { code, message: text } = tooBig('message', message.byteLength, maxMessageSize)
      const reason = new CloseReason(code, text)
      this.fail(reason, new FrameTooBigException(reason, message.byteLength))
    } else {
      this.messages.deliver(message)
    }
  }

  #close(reason: CloseReason, timeout: number = this.settings.closeTimeout): void {
    this.#kept?.skip()
    if (this.state !== 'open') return
    this.#local = reason
    this.#cancelCloseTimer = this.settings.clock.after(timeout, () =>
      this.#lose(
        connectionLost(`the peer did not finish the close handshake within ${timeout} ms`),
      ),
    )
    this.#transport.close(reason)
  }

  #lose(cause?: Error): void {
    if (this.#gone) return
    this.#end({ ...UNANSWERED, cause })
    this.#transport.terminate()
    this.#letGo()
  }

  /** Ends behind what waits, unless this side has closed: then nobody will take that. */
  #endInTurn(end: () => void): void {
    if (this.#local === undefined && this.#kept?.waits === true) this.#kept.keepEnd(end)
    else end()
  }

  /** Makes the record; our own reason counts, if there is one, since it came first. */
  #end(end: End): void {
    if (this.record !== undefined) return
    this.controls?.pings.stop()
    this.#kept?.end()
    this.#stall?.end()
    const local = this.#local
    const record: CloseRecord = {
      ...end,
      reason: local ?? end.reason,
      // The runtime answers a peer's Close with the same reason.
      local: local ?? end.remote,
      initiator: local !== undefined ? 'local' : end.clean ? 'remote' : 'transport',
      cause: this.#cause ?? end.cause,
    }
    this.record = record
    this.messages.behind(() => this.events.ended(record))
  }

  /** The runtime's connection is over. */
  #letGo(): void {
    if (this.#gone) return
    this.#gone = true
    this.#cancelCloseTimer?.()
    this.#options.onGone()
  }
}

type End = Pick<CloseRecord, 'reason' | 'remote' | 'clean' | 'cause'>

/** An end for which no Close of the peer is known. */
const UNANSWERED: End = { reason: LOST, remote: undefined, clean: false, cause: undefined }
