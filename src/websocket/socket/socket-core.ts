import type { BytesHolder, HeldPieces } from '../../protocol/bytes/held-bytes.ts'
import type { CloseRecord } from '../../protocol/close/close-record.ts'
import { type CloseReason, INTERNAL_ERROR } from '../../protocol/close/reason.ts'
import type { Violation } from '../../protocol/close/violation.ts'
import { Connection } from '../../protocol/connection/connection.ts'
import type { ConnectionSink } from '../../protocol/connection/connection-sink.ts'
import { asError } from '../../protocol/errors/thrown.ts'
import { Frame } from '../../protocol/frame/frame.ts'
import { frameTypeOf } from '../../protocol/frame/frame-type.ts'
import type { DataOpcode } from '../../protocol/frame/opcode.ts'
import * as Opcode from '../../protocol/frame/opcodes.ts'
import { violationException } from '../errors.ts'
import { WsMessage } from '../ws-message.ts'
import { ControlEvents } from './control-events.ts'
import { InboundGauge } from './inbound-gauge.ts'
import { byteLengthOf, Inbox, type InboxOwner } from './inbox.ts'
import { isWorthHolding, lentMessage } from './lent-message.ts'
import { Loss } from './loss.ts'
import { PausableReader } from './pausable-reader.ts'
import { PauseReason } from './pause-reason.ts'
import { firstTimes, type PingOwner, Pings } from './pings.ts'
import { Sender } from './sender.ts'
import { type SocketCoreOptions, senderOptions } from './socket-core-options.ts'
import { SocketEvents } from './socket-events.ts'
import type { SocketSettings } from './socket-settings.ts'
import { StallWatch } from './stall-watch.ts'
import type { StoppableWebsocket } from './stoppable-websocket.ts'
import type { Transport, TransportHandler } from './transport.ts'

/** The state behind a `ProtocolWebsocket`: joins the connection machine to a transport, timers and listeners. */
export class SocketCore implements ConnectionSink, TransportHandler, InboxOwner, PingOwner {
  readonly connection: Connection
  readonly events: SocketEvents
  readonly sender: Sender
  readonly messages: Inbox<WsMessage>
  readonly settings: SocketSettings
  settled = false

  readonly #transport: Transport
  /** Made when reading is held for the first time; until then bytes go straight to the connection. */
  #reader: PausableReader | undefined
  #gauge: InboundGauge | undefined
  #stall: StallWatch | undefined
  #holder: BytesHolder | undefined
  readonly #socket: StoppableWebsocket
  readonly #onGone: ((socket: StoppableWebsocket) => void) | undefined
  #frames: Inbox<Frame> | undefined
  #controls: ControlEvents | undefined
  #pings: Pings | undefined
  /** True once only the peer's Close matters: messages before it are dropped. */
  #dropsMessages = false
  #cancelCloseTimer: (() => void) | undefined
  #gone = false
  #loss: Loss | undefined
  #record: CloseRecord | undefined

  constructor(socket: StoppableWebsocket, transport: Transport, options: SocketCoreOptions) {
    this.settings = options.settings
    this.#socket = socket
    this.#transport = transport
    this.#onGone = options.onGone
    this.events = new SocketEvents(socket, this.settings.onError)
    this.messages = new Inbox<WsMessage>(this, byteLengthOf)
    this.connection = new Connection(this, transport, options)
    this.sender = new Sender(this.connection, transport, senderOptions(options))
    if (this.settings.pingInterval > 0) void this.pings
  }

  // Called by socket and link

  get state(): 'open' | 'closing' | 'closed' {
    return this.connection.state
  }

  get closeRecord(): CloseRecord | undefined {
    const record = this.#record
    return record && this.#loss ? this.#loss.complete(record) : record
  }

  get frames(): Inbox<Frame> {
    this.#frames ??= new Inbox<Frame>(this, byteLengthOf)
    return this.#frames
  }

  get controls(): ControlEvents {
    this.#controls ??= new ControlEvents(this)
    return this.#controls
  }

  sendFrame(frame: Frame): boolean {
    if (frame.type === 'ping') this.#pings?.sent(frame.data)
    const sent = this.sender.sendFrame(frame)
    if (frame.type === 'close') this.#closing(this.settings.closeTimeout)
    return sent
  }

  close(reason: CloseReason, closeTimeout: number = this.settings.closeTimeout): void {
    if (this.connection.state === 'closed') return
    this.connection.close(reason)
    this.#closing(closeTimeout)
    this.#transport.commit()
  }

  terminate(): void {
    this.connection.lost(undefined)
    if (this.#gone) return
    this.#gone = true
    this.#pings?.stop()
    this.#cancelCloseTimer?.()
    this.#transport.destroy()
    this.sender.end()
    this.#onGone?.(this.#socket)
  }

  holdReading(on: boolean): void {
    if (!on || this.connection.state === 'open') this.#hold(PauseReason.LINK, on)
    // Once closing, reading goes on, for the peer's Close and the end of the transport.
    else this.#dropsMessages = true
  }

  get pings(): Pings {
    const { settings, connection } = this
    this.#pings ??= new Pings(this, settings.clock, firstTimes(settings, connection.frames))
    return this.#pings
  }

  ping(payload: Uint8Array): void {
    if (this.connection.state !== 'open') return
    // Written at once, so it may be in memory that is shared.
    this.connection.frame(new Frame.Ping(payload as Uint8Array<ArrayBuffer>))
    this.#pings?.sent(payload)
    this.#transport.commit()
  }

  /** The consumer will set no more listeners by itself. */
  settle(): void {
    this.settled = true
    this.messages.settle()
    this.#frames?.settle()
  }

  // Called by inboxes and pings

  get gauge(): InboundGauge {
    this.#gauge ??= new InboundGauge(this.settings.inboundMark)
    return this.#gauge
  }

  get paused(): boolean {
    return this.#reader?.held === true
  }

  fail(reason: CloseReason, cause: Error): void {
    this.connection.fail(reason, cause)
  }

  regulate(): void {
    if (this.connection.state === 'closed') return
    if (this.gauge.over) {
      this.#hold(PauseReason.INBOX, true)
      this.#stall ??= new StallWatch(this)
      this.#stall.begin()
    } else if (this.gauge.low) {
      this.#hold(PauseReason.INBOX, false)
      this.#stall?.end()
    }
  }

  fault(error: Error): boolean {
    const handled = this.events.fault(error)
    if (!handled) this.close(INTERNAL_ERROR)
    return handled
  }

  // Called by the transport, and by the reader in between

  onBytes(bytes: Uint8Array, start: number, end: number): void {
    const stop = this.read(bytes, start, end)
    this.#reader?.stopped(bytes, stop, end)
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    try {
      return this.connection.receive(bytes, start, end)
    } catch (thrown) {
      // There was no memory for what came. It is this connection that ends, not the process.
      this.fail(INTERNAL_ERROR, asError(thrown))
      return end
    }
  }

  onDrain(): void {
    this.sender.onDrain()
  }

  onEof(): void {
    if (this.#reader === undefined) this.peerEnded()
    else this.#reader.end()
  }

  peerEnded(): void {
    this.#lost('the peer closed the transport without a close handshake')
  }

  onGone(error: Error | undefined): void {
    this.#lost(error === undefined ? 'the connection was lost' : error.message, error)
  }

  // Called by the connection

  onMessage(
    opcode: DataOpcode,
    bytes: Uint8Array,
    start: number,
    end: number,
    ascii: boolean,
    owned: boolean,
  ): void {
    if (this.#dropsMessages) return
    if (opcode === Opcode.TEXT) {
      const text = this.connection.ports.decodeText(bytes, start, end, ascii)
      this.messages.deliver(WsMessage.received(text, end - start))
    } else if (owned) {
      this.messages.deliver(WsMessage.received(bytes))
    } else {
      this.#holder ??= this.connection.ports.holder?.()
      this.messages.deliver(lentMessage(bytes, start, end, this.#holder))
    }
  }

  gather(opcode: DataOpcode, length: number): HeldPieces | undefined {
    if (this.#dropsMessages || !isWorthHolding(opcode, length)) return undefined
    this.#holder ??= this.connection.ports.holder?.()
    return this.#holder?.gather((bytes) => {
      const mode = opcode === Opcode.TEXT ? 'text' : 'binary'
      if (!this.#dropsMessages) this.messages.deliver(WsMessage.holding(bytes, mode))
    })
  }

  onFrame(frame: Frame): void {
    if (this.#dropsMessages && frame.type !== 'close') return
    if (frame.type === 'pong' && this.#pings?.pong(frame.data) === true) return
    this.frames.deliver(frame)
  }

  onControl(opcode: number, payload: Uint8Array<ArrayBuffer>): void {
    const expected = opcode === Opcode.PONG && this.#pings?.pong(payload) === true
    this.#controls?.control(frameTypeOf(opcode)!, payload, expected)
  }

  onViolation(violation: Violation, reason: CloseReason): Error {
    return violationException(violation, reason)
  }

  onEnd(record: CloseRecord, failure?: Error): void {
    this.#stall?.end()
    if (failure !== undefined) this.events.fault(failure)
    const ending = this.#transport.endingOf?.(record)
    if (ending === undefined) this.#tell(record)
    else void ending.then((own) => this.#tell(own))
    if (record.initiator === 'transport') return
    this.#startCloseTimer()
    // Not destroyed: with unread bytes that could lose our Close frame. A client waits until the server has ended it.
    if (!(record.clean && this.connection.writer.masking)) this.#transport.end()
    this.#hold(PauseReason.LINK | PauseReason.INBOX, false)
  }

  #tell(record: CloseRecord): void {
    this.#record = record
    const inbox = this.#frames ?? this.messages
    inbox.behind(() => this.events.ended(record))
  }

  /** Our Close has been sent. If the user has paused, reading goes on for the peer's, and messages before it are dropped. */
  #closing(closeTimeout: number): void {
    this.#startCloseTimer(closeTimeout)
    this.#dropsMessages ||= this.#reader?.holds(PauseReason.LINK) === true
    this.#hold(PauseReason.LINK, false)
  }

  #hold(reason: number, on: boolean): void {
    const { paused } = this
    if (on) this.#reader ??= new PausableReader(this, this.#transport)
    this.#reader?.hold(reason, on)
    if (paused && !this.paused) this.#pings?.resumed()
  }

  #lost(message: string, cause?: Error): void {
    if (this.connection.state !== 'closed') this.#loss = new Loss(message, cause)
    this.terminate()
  }

  #startCloseTimer(closeTimeout: number = this.settings.closeTimeout): void {
    this.#pings?.stop()
    if (this.#cancelCloseTimer !== undefined || this.#gone) return
    this.#cancelCloseTimer = this.settings.clock.after(closeTimeout, () => {
      this.#lost(`the peer did not finish the close handshake within ${closeTimeout} ms`)
    })
  }
}
