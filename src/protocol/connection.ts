import type { ByteOutput } from './byte-output.ts'
import { checkReason } from './close-code.ts'
import { closeViolation, decodeCloseReason, encodeCloseReason } from './close-payload.ts'
import { type CloseRecord, closeRecord } from './close-record.ts'
import { type ConnectionOptions, MODES } from './connection-options.ts'
import type { ConnectionSink } from './connection-sink.ts'
import { checkContent, isBytes } from './content.ts'
import type { WebSocketExtension } from './extension.ts'
import { ExtensionChain } from './extension-chain.ts'
import { type Frame, frameOf } from './frame.ts'
import { FIN } from './frame-header.ts'
import type { FrameReader, FrameReaderOptions, FrameReaderTarget } from './frame-reader.ts'
import { CLOSE, type FrameType, PING } from './frame-type.ts'
import { FrameWriter } from './frame-writer.ts'
import type { HeldBytes, HeldPieces } from './held-bytes.ts'
import type { ConnectionLimits } from './limits.ts'
import { oneOf } from './one-of.ts'
import type { DataOpcode } from './opcode.ts'
import * as Opcode from './opcodes.ts'
import { PongBacklog } from './pong-backlog.ts'
import { type ProtocolPorts, portablePorts } from './ports.ts'
import { releaseReader, takeReader } from './reader-pool.ts'
import { type CloseReason, NO_STATUS, truncatedReason } from './reason.ts'
import type { Violation } from './violation.ts'

/**
 * One end of an open connection, of either role: bytes in, calls to a sink out, and frames to an output. It does no
 * I/O, has no timer, and throws for nothing that a peer sends.
 */
export class Connection implements FrameReaderTarget, FrameReaderOptions {
  /** `'closing'` once a Close frame went either way, `'closed'` once the record is made. */
  state: 'open' | 'closing' | 'closed' = 'open'
  /** While true, `receive` takes nothing. */
  paused = false
  /** True within `receive`. */
  receiving = false
  /** How it ended; `undefined` until then. */
  record: CloseRecord | undefined
  /** Frozen ones may be shared with other connections: to change those, assign a copy. */
  limits: ConnectionLimits
  readonly extensions: readonly WebSocketExtension[]
  /** What these do to messages; absent where there are none. */
  readonly chain: ExtensionChain | undefined
  readonly writer: FrameWriter
  readonly ports: ProtocolPorts
  /** Whether what comes in is masked. */
  readonly masked: boolean
  readonly reserved: number
  readonly frames: boolean

  readonly #sink: ConnectionSink
  /** Taken from a pool while a header, frame or message is unfinished: idle connections have none. */
  #reader: FrameReader | undefined
  /** Input no longer matters: a Close frame came, or the connection has failed. */
  deaf = false
  #local: CloseReason | undefined
  #remote: CloseReason | undefined
  #initiator: CloseRecord['initiator'] = 'transport'

  #pongs: PongBacklog | undefined

  /** Throws a `RangeError` for a role or a mode that there is not. */
  constructor(sink: ConnectionSink, output: ByteOutput, options: ConnectionOptions) {
    const client = oneOf('role', options.role, ['server', 'client']) === 'client'
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
   * Takes bytes from the peer, unmasking them in place: they belong to the connection until it returns. Returns where
   * it stopped, before `end` only when `paused`.
   */
  receive(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
    this.#reader ??= takeReader(this, this)
    const reader = this.#reader
    // Reentrant: something the sink did made the transport deliver more, as one in memory does.
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

  /** Begins the close handshake, if nobody has. Throws a `RangeError` for a reason that cannot be sent. */
  close(reason: CloseReason): void {
    if (this.#mute) return
    checkReason(reason)
    this.#sendClose(encodeCloseReason(reason), reason, 'local')
    if (this.#remote !== undefined) this.#finish()
  }

  /** Fails the connection (RFC 6455, section 7.1.7): sends Close, if none was sent, and ends without the peer's. */
  fail(reason: CloseReason, cause: Error): void {
    if (!this.#mute) this.#sendClose(encodeCloseReason(reason), reason, 'local')
    this.#finish(cause)
  }

  /** The transport is gone, or is about to be dropped. */
  lost(cause: Error | undefined): void {
    this.#finish(cause)
  }

  /** Sends text; `byteLength` is its length in UTF-8, -1 for unknown. */
  text(text: string, byteLength = -1): void {
    if (!this.#maySend(typeof text === 'string')) return
    if (this.chain !== undefined) this.chain.send(text, byteLength)
    else this.writer.text(text, byteLength)
  }

  /**
   * Sends a copy of `bytes`, or with `immutable` set perhaps the bytes themselves. With the opcode of text, they are valid
   * UTF-8, and no extension is negotiated.
   */
  binary(
    bytes: Uint8Array | HeldBytes,
    immutable = false,
    opcode: DataOpcode = Opcode.BINARY,
  ): void {
    // Who calls them immutable knows what they are: that is every message that is passed on.
    if (!this.#maySend(immutable || isBytes(bytes))) return
    const first = FIN | opcode
    if (this.chain !== undefined) this.chain.send(bytes, -1)
    else if (immutable && bytes instanceof Uint8Array && bytes.length >= BY_REFERENCE) {
      this.writer.reference(first, bytes)
    } else {
      this.writer.payload(first, bytes)
    }
  }

  /** Sends a whole frame encoded before, by reference; with what the extensions would have done to it. */
  encoded(frame: Uint8Array): void {
    if (this.#maySend(frame instanceof Uint8Array)) this.writer.encoded(frame)
  }

  /**
   * Sends a frame as it is; a Close frame begins or ends the close handshake. Throws a `TypeError` for anything but a
   * frame.
   */
  frame(frame: Frame): void {
    if (this.#mute) return
    if (frame?.type === 'close') {
      this.#sendClose(frame.data, frame.readReason() ?? NO_STATUS, 'local')
      if (this.#remote !== undefined) this.#finish()
    } else {
      this.writer.frame(frame)
    }
  }

  /**
   * The transport has taken all that was written; to be called for each write, also when nothing had to wait. From one
   * call to the next, no more than `maxPendingPongs` Pongs are written. Returns true when one that had to wait was
   * written now.
   */
  drained(): boolean {
    const pong = this.#pongs?.drained()
    if (pong === undefined || this.deaf) return false
    this.#pong(pong)
    return true
  }

  /** Nothing but Pongs is sent after a Close frame (RFC 6455, section 5.5.1). */
  get #mute(): boolean {
    return this.#local !== undefined || this.state === 'closed'
  }

  // What the reader calls

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

  gather(opcode: DataOpcode): HeldPieces | undefined {
    return this.chain === undefined ? this.#sink.gather?.(opcode) : undefined
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
      // Our own Close does not excuse from it, the peer's does (RFC 6455, section 5.5.2).
      if (type === PING) this.#pong(payload)
      this.#sink.onControl(type.opcode, payload)
    }
  }

  violated(violation: Violation): void {
    const reason = truncatedReason(violation.code, violation.message)
    this.fail(reason, this.#sink.onViolation(violation, reason))
  }

  #rawFrame(frame: Frame): void {
    if (frame?.type === 'close') {
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
    if (this.#local === undefined) this.#sendClose(payload, reason, 'remote')
    this.#remote = reason
    this.#sink.onControl(Opcode.CLOSE, payload)
    this.#finish()
  }

  #sendClose(payload: Uint8Array, reason: CloseReason, initiator: CloseRecord['initiator']): void {
    this.#local = reason
    if (this.#remote === undefined) this.#initiator = initiator
    this.state = 'closing'
    this.writer.payload(FIN | Opcode.CLOSE, payload)
  }

  /**
   * Whether a message may be sent now. Throws a `TypeError` for what is none, and in the middle of one that is sent in
   * fragments.
   */
  #maySend(valid: boolean): boolean {
    checkContent(valid)
    if (this.#mute) return false
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

/** From here on, immutable bytes are not copied: a second piece to write costs less than copying them. */
const BY_REFERENCE = 16_384

const NO_EXTENSIONS: readonly WebSocketExtension[] = []
