import type { ByteOutput } from '../bytes/byte-output.ts'
import { checkContent, checkedContent } from '../bytes/content.ts'
import type { HeldBytes, HeldPieces } from '../bytes/held-bytes.ts'
import { type ProtocolPorts, portablePorts } from '../bytes/ports.ts'
import { checkReason } from '../close/close-code.ts'
import { closeViolation, decodeCloseReason, encodeCloseReason } from '../close/close-payload.ts'
import { type CloseRecord, closeRecord } from '../close/close-record.ts'
import { type CloseReason, NO_STATUS, truncatedReason } from '../close/reason.ts'
import type { Violation } from '../close/violation.ts'
import { oneOf } from '../errors/one-of.ts'
import type { WebSocketExtension } from '../extension/extension.ts'
import { type Frame, frameOf } from '../frame/frame.ts'
import { FIN } from '../frame/frame-header.ts'
import type { FrameReader, FrameReaderOptions, FrameReaderTarget } from '../frame/frame-reader.ts'
import { CLOSE, type FrameType, PING } from '../frame/frame-type.ts'
import { FrameWriter } from '../frame/frame-writer.ts'
import type { ConnectionLimits } from '../frame/limits.ts'
import type { DataOpcode } from '../frame/opcode.ts'
import * as Opcode from '../frame/opcodes.ts'
import { releaseReader, takeReader } from '../frame/reader-pool.ts'
import { type ConnectionOptions, MODES, ROLES } from './connection-options.ts'
import type { ConnectionSink } from './connection-sink.ts'
import { ExtensionChain } from './extension-chain.ts'
import { PongBacklog } from './pong-backlog.ts'

/**
 * One end of an open connection, of either role: bytes in, calls to a sink out, and frames to an output. It does no
 * I/O, has no timer, and throws for nothing that a peer sends.
 */
export class Connection implements FrameReaderTarget, FrameReaderOptions {
  /** `'closing'` once a Close frame has been sent or received, `'closed'` once there is a `record`. */
  state: 'open' | 'closing' | 'closed' = 'open'
  /** While true, `receive` reads no further. */
  paused = false
  /** True while `receive` runs. */
  receiving = false
  /** True once input is ignored: a Close frame has come, or the connection has failed. */
  deaf = false
  /** How it ended; `undefined` until then. */
  record: CloseRecord | undefined
  /** May be frozen and shared with other connections: to change such limits, assign a copy. */
  limits: ConnectionLimits
  readonly extensions: readonly WebSocketExtension[]
  /** Runs messages through the extensions; `undefined` if there are none. */
  readonly chain: ExtensionChain | undefined
  readonly writer: FrameWriter
  readonly ports: ProtocolPorts
  /** Whether incoming frames have to be masked. */
  readonly masked: boolean
  readonly reserved: number
  readonly frames: boolean

  readonly #sink: ConnectionSink
  /** Taken from a pool while a header, frame or message is unfinished: idle connections have none. */
  #reader: FrameReader | undefined
  #local: CloseReason | undefined
  #remote: CloseReason | undefined
  #initiator: CloseRecord['initiator'] = 'transport'
  #pongs: PongBacklog | undefined

  /** Throws a `RangeError` for an unknown role or mode. */
  constructor(sink: ConnectionSink, output: ByteOutput, options: ConnectionOptions) {
    const client = oneOf('role', options.role, ROLES) === 'client'
    this.#sink = sink
    this.ports = options.ports ?? portablePorts
    this.masked = options.masked?.incoming ?? !client
    this.reserved = options.reserved ?? 0
    this.frames = oneOf('mode', options.mode ?? 'messages', MODES) === 'frames'
    this.limits = options.limits
    this.extensions = options.extensions ?? NO_EXTENSIONS
    this.writer = new FrameWriter(output, this.ports, options.masked?.outgoing ?? client)
    if (this.extensions.length > 0) this.chain = new ExtensionChain(this.extensions, this, sink)
  }

  /**
   * Reads bytes from the peer and unmasks them in place: they belong to the connection until this returns. Returns the
   * offset at which it stopped, which is before `end` only if `paused`.
   */
  receive(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
    this.#reader ??= takeReader(this, this)
    const reader = this.#reader
    // Reentrant: something that the sink did made the transport deliver more.
    if (this.receiving) return reader.receive(bytes, start, end)
    this.receiving = true
    const stop = reader.receive(bytes, start, end)
    this.receiving = false
    if (reader.idle) {
      this.#reader = undefined
      releaseReader(reader)
    }
    return stop
  }

  /** Sends a Close frame, unless one has been sent. Throws a `RangeError` for a reason that cannot be sent. */
  close(reason: CloseReason): void {
    if (this.#isMute()) return
    checkReason(reason)
    this.#sendClose(reason)
    if (this.#remote !== undefined) this.#finish()
  }

  /** Fails the connection (RFC 6455, section 7.1.7): sends Close, if none was sent, and does not wait for the peer's. */
  fail(reason: CloseReason, cause: Error): void {
    this.#sendClose(reason)
    this.#finish(cause)
  }

  /** The transport is gone, or is about to be dropped. */
  lost(cause: Error | undefined): void {
    this.#finish(cause)
  }

  /** Sends text; `byteLength` is its length in UTF-8, -1 for unknown. */
  text(text: string, byteLength = -1): void {
    checkContent(typeof text === 'string')
    if (!this.#maySend()) return
    if (this.chain !== undefined) this.chain.send(text, byteLength)
    else this.writer.text(text, byteLength)
  }

  /**
   * Sends bytes. They are copied, but large ones are sent by reference if they are `immutable`. With the opcode of text,
   * they must be valid UTF-8, and no extension may have been negotiated.
   */
  binary(
    bytes: Uint8Array | HeldBytes,
    immutable = false,
    opcode: DataOpcode = Opcode.BINARY,
  ): void {
    // Bytes that are immutable are those of our own messages, and need no check.
    const content = immutable ? bytes : checkedContent(bytes)
    if (!this.#maySend()) return
    const first = FIN | opcode
    if (this.chain !== undefined) this.chain.send(content, -1)
    else if (immutable && content instanceof Uint8Array && content.length >= BY_REFERENCE) {
      this.writer.reference(first, content)
    } else {
      this.writer.payload(first, content)
    }
  }

  /** Sends a frame that is encoded already, by reference. The extensions must have been applied to it. */
  encoded(frame: Uint8Array): void {
    checkContent(frame instanceof Uint8Array)
    if (this.#maySend()) this.writer.encoded(frame)
  }

  /**
   * Sends a frame as it is; a Close frame begins or ends the close handshake. Throws a `TypeError` for anything but a
   * frame.
   */
  frame(frame: Frame): void {
    if (this.#isMute()) return
    if (frame?.type === 'close') {
      this.#sendClose(frame.readReason() ?? NO_STATUS, frame.data)
      if (this.#remote !== undefined) this.#finish()
    } else {
      this.writer.frame(frame)
    }
  }

  /**
   * Call this whenever the transport has taken all that was written, even if nothing had to wait. Between two calls, at
   * most `maxPendingPongs` Pongs are written, but always the first one. Returns true if a Pong that had to wait was
   * written now.
   */
  drained(): boolean {
    const pong = this.#pongs?.drained()
    if (pong === undefined || this.deaf) return false
    this.#pong(pong)
    return true
  }

  /** Nothing but Pongs is sent after a Close frame (RFC 6455, section 5.5.1). */
  #isMute(): boolean {
    return this.#local !== undefined || this.state === 'closed'
  }

  // Called by the reader

  readMessage(
    opcode: DataOpcode,
    reserved: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    ascii: boolean,
    owned: boolean,
  ): void {
    if (this.chain === undefined) this.#sink.onMessage(opcode, bytes, start, end, ascii, owned)
    else this.chain.receive(opcode, reserved, bytes, start, end, ascii, owned)
  }

  gather(opcode: DataOpcode, length: number): HeldPieces | undefined {
    return this.chain === undefined ? this.#sink.gather?.(opcode, length) : undefined
  }

  readFrame(
    fin: boolean,
    type: FrameType,
    reserved: number,
    payload: Uint8Array<ArrayBuffer>,
  ): void {
    if (this.frames) this.#rawFrame(frameOf(fin, type, reserved, payload))
    else if (type === CLOSE) this.#peerCloses(payload)
    else {
      // A Ping is answered even after our own Close, but not after the peer's (RFC 6455, section 5.5.2).
      if (type === PING) this.#pong(payload)
      this.#sink.onControl(type.opcode, payload)
    }
  }

  violated(violation: Violation): void {
    const reason = truncatedReason(violation.code, violation.message)
    this.fail(reason, this.#sink.onViolation(violation, reason))
  }

  #rawFrame(frame: Frame): void {
    if (frame.type === 'close') {
      this.deaf = true
      this.#remote = frame.readReason() ?? NO_STATUS
      if (this.#local === undefined) this.#initiator = 'remote'
      this.state = 'closing'
    }
    this.#sink.onFrame(frame)
    if (frame.type === 'close' && this.#local !== undefined) this.#finish()
  }

  #pong(payload: Uint8Array): void {
    this.#pongs ??= new PongBacklog()
    if (this.#pongs.admits(payload, this.limits.maxPendingPongs)) {
      this.writer.payload(FIN | Opcode.PONG, payload)
    }
  }

  #peerCloses(payload: Uint8Array<ArrayBuffer>): void {
    const violation = closeViolation(payload, this.ports.isUtf8)
    if (violation !== undefined) {
      this.violated(violation)
      return
    }
    const reason = decodeCloseReason(payload) ?? NO_STATUS
    this.deaf = true
    this.#remote = reason
    this.#sendClose(reason, payload)
    this.#sink.onControl(Opcode.CLOSE, payload)
    this.#finish()
  }

  /** Unless one has been sent. */
  #sendClose(reason: CloseReason, payload: Uint8Array = encodeCloseReason(reason)): void {
    if (this.#isMute()) return
    this.#local = reason
    this.#initiator = this.#remote === undefined ? 'local' : 'remote'
    this.state = 'closing'
    this.writer.payload(FIN | Opcode.CLOSE, payload)
  }

  /**
   * Whether a message may be sent now. Throws a `TypeError` unless it is `valid`, and between the fragments of another
   * message.
   */
  #maySend(): boolean {
    if (this.#isMute()) return false
    if (!this.writer.fragmenting) return true
    throw new TypeError('a message within another message: send its last fragment first')
  }

  #finish(cause?: Error): void {
    if (this.state === 'closed') return
    this.state = 'closed'
    this.deaf = true
    this.#reader?.release()
    this.record = closeRecord(this.#initiator, this.#local, this.#remote, cause)
    const failure = this.chain?.close()
    this.#sink.onEnd(this.record, failure)
  }
}

/** Immutable bytes of this size or more are not copied: writing a second piece costs less. */
const BY_REFERENCE = 16_384

const NO_EXTENSIONS: readonly WebSocketExtension[] = []
