import type { ByteOutput } from './byte-output.ts'
import { copyBytes } from './bytes.ts'
import { closeCodeProblem } from './close-code.ts'
import { closeViolation } from './close-payload.ts'
import { CloseReason } from './close-reason.ts'
import type { CloseRecord } from './close-record.ts'
import type { ConnectionSink } from './connection-sink.ts'
import { ExtensionFailure, type WebSocketExtension } from './extension.ts'
import { encodeCloseReason, Frame } from './frame.ts'
import { FrameParser } from './frame-parser.ts'
import { FrameType } from './frame-type.ts'
import { FrameWriter } from './frame-writer.ts'
import { GrowingBuffer } from './growing-buffer.ts'
import { IncomingMessage } from './incoming-message.ts'
import type { ConnectionLimits } from './limits.ts'
import { applyMask, rotateKey } from './mask.ts'
import { type DataOpcode, isControl, Opcode } from './opcode.ts'
import { PongBacklog } from './pong-backlog.ts'
import { type ProtocolPorts, portablePorts } from './ports.ts'
import type { Violation } from './violation.ts'

export type Role = 'server' | 'client'

export interface ConnectionOptions {
  readonly role: Role
  /** Of this connection alone: they may be changed while it is open. */
  readonly limits: ConnectionLimits
  /** `'messages'`: fragments joined, control frames answered. `'frames'`: every frame as it is, nothing answered. */
  readonly mode?: 'messages' | 'frames'
  /** In the order of negotiation. */
  readonly extensions?: readonly WebSocketExtension[]
  /** The reserved bits those extensions claim, of 0x70. */
  readonly reserved?: number
  readonly ports?: ProtocolPorts
  /** Whether frames are masked; by the role (RFC 6455, section 5.1) unless something below already does it. */
  readonly masked?: { readonly incoming: boolean; readonly outgoing: boolean }
}

/**
 * One end of an open connection, of either role: bytes in, calls to a sink out, and frames to an output. It does no
 * I/O, has no timer, and throws for nothing that a peer sends.
 */
export class Connection {
  /** `'closing'` once a Close frame went either way, `'closed'` once the record is made. */
  state: 'open' | 'closing' | 'closed' = 'open'
  /** While true, `receive` takes nothing. */
  paused = false
  /** Both sides of the end, once there is one. */
  record: CloseRecord | undefined
  readonly limits: ConnectionLimits
  readonly extensions: readonly WebSocketExtension[]
  readonly writer: FrameWriter

  readonly #sink: ConnectionSink
  readonly #ports: ProtocolPorts
  readonly #parser: FrameParser
  readonly #frames: boolean
  /** Input no longer matters: a Close frame came, or the connection has failed. */
  #deaf = false
  #local: CloseReason | undefined
  #remote: CloseReason | undefined
  #initiator: CloseRecord['initiator'] = 'transport'

  /** Payload octets of the current frame that were taken. */
  #taken = 0
  /** The payload of a control frame, or in frame mode of any frame, that is not whole yet. */
  #partial: GrowingBuffer | undefined
  #message: IncomingMessage | undefined
  #emptyFragments = 0
  #pongs: PongBacklog | undefined

  constructor(sink: ConnectionSink, output: ByteOutput, options: ConnectionOptions) {
    const client = options.role === 'client'
    this.#sink = sink
    this.#ports = options.ports ?? portablePorts
    this.limits = options.limits
    this.extensions = options.extensions ?? NO_EXTENSIONS
    this.#frames = options.mode === 'frames'
    this.#parser = new FrameParser({
      masked: options.masked?.incoming ?? !client,
      reserved: options.reserved ?? 0,
    })
    this.writer = new FrameWriter(output, this.#ports, options.masked?.outgoing ?? client)
  }

  /**
   * Takes bytes from the peer, unmasking them in place: they belong to the connection until it returns. Returns where
   * it stopped, before `end` only when `paused`.
   */
  receive(bytes: Uint8Array, start: number, end: number): number {
    const parser = this.#parser
    let offset = start
    while (!this.#deaf) {
      if (this.paused) return offset
      if (!parser.bodyReady) {
        offset = parser.frame(bytes, offset, end)
        if (parser.violation !== undefined) this.#violated(parser.violation)
        if (!parser.bodyReady || !this.#admits()) break
      }
      if (offset >= end && parser.length > 0) break
      offset = this.#payload(bytes, offset, end)
    }
    return end
  }

  /** Begins the close handshake, if nobody has. Throws a `RangeError` for a code that cannot be sent. */
  close(reason: CloseReason): void {
    if (this.#local !== undefined || this.state === 'closed') return
    const problem = closeCodeProblem(reason.code)
    if (problem !== undefined) throw new RangeError(problem)
    this.#sendClose(encodeCloseReason(reason), reason, 'local')
    if (this.#remote !== undefined) this.#finish(undefined)
  }

  /** Gives up on the peer: tells it why, listens no more, and makes the record. */
  fail(reason: CloseReason, cause: Error): void {
    if (this.state === 'closed') return
    if (this.#local === undefined) this.#sendClose(encodeCloseReason(reason), reason, 'local')
    this.#finish(cause)
  }

  /** The transport is gone, or is about to be dropped. */
  lost(cause: Error | undefined): void {
    this.#finish(cause)
  }

  /** Sends text; `byteLength` is its length in UTF-8, -1 for unknown. */
  text(text: string, byteLength: number): void {
    this.#between()
    if (this.extensions.length > 0) this.#extended(new Frame.Text(text))
    else this.writer.text(text, byteLength)
  }

  /** Sends a copy of `bytes`, or with `immutable` set perhaps the bytes themselves. */
  binary(bytes: Uint8Array, immutable: boolean): void {
    this.#between()
    if (this.extensions.length > 0) this.#extended(new Frame.Binary(copyBytes(bytes)))
    else if (immutable && bytes.length >= BY_REFERENCE) this.writer.reference(FINAL_BINARY, bytes)
    else this.writer.payload(FINAL_BINARY, bytes)
  }

  /** Sends a whole frame encoded before, by reference. Only where nothing is masked and no extension is negotiated. */
  encoded(frame: Uint8Array): void {
    this.#between()
    this.writer.encoded(frame)
  }

  /** Sends a frame as it is; a Close frame begins or ends the close handshake. */
  frame(frame: Frame): void {
    if (frame.type !== 'close') {
      this.writer.frame(frame)
      return
    }
    if (this.#local !== undefined) return
    this.#sendClose(frame.data, frame.readReason() ?? NO_STATUS, 'local')
    if (this.#remote !== undefined) this.#finish(undefined)
  }

  /** The transport has taken everything written so far. */
  drained(): void {
    const pong = this.#pongs?.drained()
    if (pong !== undefined && this.#local === undefined && this.state !== 'closed') this.#pong(pong)
  }

  /** Checks a frame against the limits before its payload is read. */
  #admits(): boolean {
    const { length, opcode, fin } = this.#parser
    if (isControl(opcode)) return true
    const { maxFrameSize, maxMessageSize, maxEmptyFragments } = this.limits
    if (length > maxFrameSize) {
      return this.#tooBig(`a frame of ${length} bytes`, length, maxFrameSize)
    }
    const size = (this.#message?.length ?? 0) + length
    if (!this.#frames && size > this.#wireLimit(maxMessageSize)) {
      return this.#tooBig(`a message of ${size} bytes`, size, maxMessageSize)
    }
    if (fin) this.#emptyFragments = 0
    else if (length === 0 && ++this.#emptyFragments > maxEmptyFragments) {
      this.#violated({ code: 1008, message: 'too many empty fragments in one message' })
      return false
    }
    return true
  }

  /** What an extension packs may grow a little where it does not shrink: deflate adds five octets to each 16 KiB. */
  #wireLimit(limit: number): number {
    const reserved = this.#message?.reserved ?? this.#parser.reserved
    return reserved === 0 ? limit : limit + Math.ceil(limit / 1024) + 64
  }

  /** Takes payload; returns where it stopped. */
  #payload(bytes: Uint8Array, offset: number, end: number): number {
    const parser = this.#parser
    const stop = Math.min(end, offset + parser.length - this.#taken)
    const whole = stop - offset === parser.length
    if (this.#frames || isControl(parser.opcode)) {
      this.#frame(bytes, offset, stop, whole)
    } else if (whole && parser.fin && parser.opcode !== 0 && this.extensions.length === 0) {
      this.#wholeMessage(bytes, offset, stop)
    } else {
      this.#fragment(bytes, offset, stop)
    }
    return stop
  }

  #wholeMessage(bytes: Uint8Array, start: number, end: number): void {
    const parser = this.#parser
    const opcode = parser.opcode as DataOpcode
    const high = parser.mask ? applyMask(bytes, start, end, parser.maskKey) : 0x80
    parser.bodyComplete()
    const suspect = opcode === Opcode.TEXT && high !== 0
    if (suspect && !this.#ports.isUtf8(bytes.subarray(start, end))) this.#violated(NOT_UTF8)
    else this.#sink.onMessage(opcode, bytes, start, end, high === 0, false)
  }

  #fragment(bytes: Uint8Array, start: number, end: number): void {
    const parser = this.#parser
    const opcode = (parser.opcode === 0 ? parser.messageOpcode : parser.opcode) as DataOpcode
    this.#message ??= new IncomingMessage(opcode, parser.reserved, this.#ports.isUtf8)
    const message = this.#message
    const expected = message.length + parser.length - this.#taken
    const high = this.#unmask(bytes, start, end)
    const complete = this.#taken === parser.length
    const last = complete && parser.fin
    if (!message.add(bytes, start, end, high, expected) || (last && !message.endsWell)) {
      this.#violated(NOT_UTF8)
      return
    }
    if (!complete) return
    this.#taken = 0
    parser.bodyComplete()
    if (!last) return
    this.#message = undefined
    const payload = message.take()
    if (this.extensions.length > 0) this.#extendedMessage(message, payload)
    else this.#sink.onMessage(opcode, payload, 0, payload.length, message.ascii, true)
  }

  #extendedMessage(message: IncomingMessage, payload: Uint8Array<ArrayBuffer>): void {
    const { opcode, reserved } = message
    let frame = frameOf(true, FrameType.byOpcode(opcode)!, reserved, payload)
    try {
      for (let i = this.extensions.length - 1; i >= 0; i--) {
        frame = this.extensions[i]!.processIncomingFrame(frame)
      }
    } catch (error) {
      this.#extensionFailed(error)
      return
    }
    const { data } = frame
    const limit = this.limits.maxMessageSize
    if (data.length > limit) {
      this.#tooBig(`a message of ${data.length} bytes`, data.length, limit)
    } else if (reserved !== 0 && opcode === Opcode.TEXT && !this.#ports.isUtf8(data)) {
      this.#violated(NOT_UTF8)
    } else {
      const ascii = reserved === 0 && message.ascii
      this.#sink.onMessage(opcode, data, 0, data.length, ascii, true)
    }
  }

  /** Payload of a frame that is handled by itself: a control frame, or in frame mode any. */
  #frame(bytes: Uint8Array, start: number, end: number, whole: boolean): void {
    const parser = this.#parser
    this.#unmask(bytes, start, end)
    if (whole) {
      this.#taken = 0
      this.#wholeFrame(copyBytes(bytes, start, end))
      return
    }
    this.#partial ??= new GrowingBuffer()
    this.#partial.append(bytes, start, end, parser.length)
    if (this.#taken < parser.length) return
    const payload = this.#partial.take()
    this.#partial = undefined
    this.#taken = 0
    this.#wholeFrame(payload)
  }

  #wholeFrame(payload: Uint8Array<ArrayBuffer>): void {
    const { opcode, fin, reserved, frameType } = this.#parser
    this.#parser.bodyComplete()
    if (!this.#frames) {
      this.#control(opcode, payload)
      return
    }
    const frame = frameOf(fin, frameType, reserved, payload)
    if (frame.type === 'close') {
      this.#deaf = true
      this.#remote = frame.readReason() ?? NO_STATUS
      if (this.#local === undefined) this.#initiator = 'remote'
      this.state = 'closing'
    }
    this.#sink.onFrame(frame)
    if (frame.type === 'close' && this.#local !== undefined) this.#finish(undefined)
  }

  #control(opcode: number, payload: Uint8Array<ArrayBuffer>): void {
    if (opcode === Opcode.CLOSE) {
      this.#peerCloses(payload)
      return
    }
    if (opcode === Opcode.PING && this.#local === undefined) this.#pong(payload)
    this.#sink.onControl(opcode, payload)
  }

  #pong(payload: Uint8Array): void {
    this.#pongs ??= new PongBacklog()
    if (this.#pongs.admits(payload, this.limits.maxPendingPongs)) {
      this.writer.payload(FINAL_PONG, payload)
    }
  }

  #peerCloses(payload: Uint8Array<ArrayBuffer>): void {
    const violation = closeViolation(payload, this.#ports.isUtf8)
    if (violation !== undefined) {
      this.#violated(violation)
      return
    }
    const reason = new Frame.Close(payload).readReason() ?? NO_STATUS
    this.#deaf = true
    if (this.#local === undefined) this.#sendClose(payload, reason, 'remote')
    this.#remote = reason
    this.#sink.onControl(Opcode.CLOSE, payload)
    this.#finish(undefined)
  }

  #sendClose(payload: Uint8Array, reason: CloseReason, initiator: CloseRecord['initiator']): void {
    this.#local = reason
    if (this.#remote === undefined) this.#initiator = initiator
    this.state = 'closing'
    this.writer.payload(FINAL_CLOSE, payload)
  }

  #extended(message: Frame): void {
    let frame = message
    try {
      for (const extension of this.extensions) frame = extension.processOutgoingFrame(frame)
    } catch (error) {
      this.#extensionFailed(error)
      return
    }
    this.writer.frame(frame)
  }

  #between(): void {
    if (!this.writer.fragmenting) return
    throw new TypeError('a message cannot be sent before the last fragment (fin) of the one before')
  }

  #extensionFailed(error: unknown): void {
    if (error instanceof ExtensionFailure) {
      this.fail(CloseReason.truncated(error.code, error.message), error)
    } else {
      const cause = error instanceof Error ? error : new Error(String(error))
      this.fail(new CloseReason(1011, 'Extension failed'), cause)
    }
  }

  #unmask(bytes: Uint8Array, start: number, end: number): number {
    const { mask, maskKey } = this.#parser
    const key = rotateKey(maskKey, this.#taken)
    this.#taken += end - start
    return mask ? applyMask(bytes, start, end, key) : 0x80
  }

  #tooBig(what: string, size: number, limit: number): false {
    this.#violated({ code: 1009, message: `${what}: the limit is ${limit}`, size })
    return false
  }

  #violated(violation: Violation): void {
    const reason = CloseReason.truncated(violation.code, violation.message)
    this.fail(reason, this.#sink.onViolation(violation, reason))
  }

  #finish(cause: Error | undefined): void {
    if (this.state === 'closed') return
    const local = this.#local
    const remote = this.#remote
    this.state = 'closed'
    this.#deaf = true
    this.#message = undefined
    this.#partial = undefined
    this.record = {
      reason: (this.#initiator === 'remote' ? remote : local) ?? LOST,
      local,
      remote,
      initiator: this.#initiator,
      clean: local !== undefined && remote !== undefined,
      cause,
    }
    for (const extension of this.extensions) extension.close?.()
    this.#sink.onEnd(this.record)
  }
}

/** From here on, immutable bytes are not copied: a second piece to write costs less than copying them. */
const BY_REFERENCE = 16_384

const FINAL_BINARY = 0x80 | Opcode.BINARY
const FINAL_CLOSE = 0x80 | Opcode.CLOSE
const FINAL_PONG = 0x80 | Opcode.PONG

const NO_EXTENSIONS: readonly WebSocketExtension[] = []
const NO_STATUS = new CloseReason(1005)
const LOST = new CloseReason(1006, 'Connection lost')
const NOT_UTF8: Violation = { code: 1007, message: 'text that is not UTF-8' }

function frameOf(
  fin: boolean,
  type: FrameType,
  reserved: number,
  payload: Uint8Array<ArrayBuffer>,
): Frame {
  const rsv1 = (reserved & 0x40) !== 0
  const rsv2 = (reserved & 0x20) !== 0
  const rsv3 = (reserved & 0x10) !== 0
  return Frame.byType(fin, type, payload, rsv1, rsv2, rsv3)
}
