import { copyBytes } from '../bytes/bytes.ts'
import { GrowingBuffer } from '../bytes/growing-buffer.ts'
import type { HeldPieces } from '../bytes/held-bytes.ts'
import { rotateKey } from '../bytes/mask.ts'
import type { ProtocolPorts } from '../bytes/ports.ts'
import { NOT_UTF8, tooBig, type Violation } from '../close/violation.ts'
import { FrameParser } from './frame-parser.ts'
import type { FrameType } from './frame-type.ts'
import { IncomingMessage } from './incoming-message.ts'
import { type ConnectionLimits, messageLimit } from './limits.ts'
import { type DataOpcode, isControl } from './opcode.ts'
import * as Opcode from './opcodes.ts'

/** What a reader calls, in the order of the bytes. */
export interface FrameReaderTarget {
  /** True when reading is to stop for now; asked before each frame. */
  readonly paused: boolean
  /** True once all further input is to be ignored. */
  readonly deaf: boolean
  /** As `ConnectionSink.onMessage`, but text with reserved bits is not validated: an extension decodes it first. */
  readMessage(
    opcode: DataOpcode,
    reserved: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    ascii: boolean,
    owned: boolean,
  ): void
  /** As `ConnectionSink.gather`. */
  gather?(opcode: DataOpcode, length: number): HeldPieces | undefined
  /** A control frame or, with the option `frames`, any frame. */
  readFrame(fin: boolean, type: FrameType, reserved: number, payload: Uint8Array<ArrayBuffer>): void
  violated(violation: Violation): void
}

export interface FrameReaderOptions {
  /** Read anew for each frame. */
  readonly limits: Readonly<ConnectionLimits>
  /** Whether frames must be masked. */
  readonly masked: boolean
  /** The reserved bits (of 0x70) that extensions claim. */
  readonly reserved: number
  /** Delivers single frames instead of whole messages. */
  readonly frames: boolean
  readonly ports: ProtocolPorts
}

/**
 * The receiving half of a connection: bytes in, messages and control frames out, within the limits. Between messages it
 * has no state, so that connections can share a few readers.
 */
export class FrameReader {
  /** Target and options are set while the reader is attached. */
  #target: FrameReaderTarget | undefined
  #options: FrameReaderOptions | undefined
  #ports!: ProtocolPorts
  #frames!: boolean
  readonly #parser = new FrameParser()
  /** Payload octets of the current frame that have been read. */
  #taken = 0
  /** The unfinished payload of a frame that is delivered as a single frame. */
  #partial: GrowingBuffer | undefined
  #message: IncomingMessage | undefined
  #emptyFragments = 0

  /** Reads for this target from here on. To be called first, and only while `idle`. */
  attach(target: FrameReaderTarget, options: FrameReaderOptions): this {
    this.#target = target
    this.#options = options
    this.#ports = options.ports
    this.#frames = options.frames
    this.#parser.configure(options)
    return this
  }

  /** Forgets its target, so that a spare reader keeps no connection alive. Only while `idle`. */
  detach(): void {
    this.#target = undefined
    this.#options = undefined
  }

  /** True between messages: as long as part of one is kept, the parser is not idle either. */
  get idle(): boolean {
    return this.#parser.idle
  }

  /** Reads bytes, unmasking them in place. Returns where it stopped, before `end` only if the target paused. */
  receive(bytes: Uint8Array, start: number, end: number): number {
    const parser = this.#parser
    const target = this.#target!
    let offset = start
    while (!target.deaf) {
      if (target.paused) return offset
      if (!parser.bodyReady) {
        offset = parser.frame(bytes, offset, end)
        if (parser.violation !== undefined) target.violated(parser.violation)
        if (!parser.bodyReady || !this.#admits()) break
      }
      if (offset >= end && parser.length > 0) break
      offset = this.#payload(bytes, offset, end)
    }
    return end
  }

  /** Drops an unfinished message or frame: the rest will not come. */
  release(): void {
    this.#message?.pieces?.abandon()
    this.#message = undefined
    this.#partial = undefined
  }

  /** Checks a frame against the limits before its payload is read. */
  #admits(): boolean {
    const { length, opcode, messageOpcode, fin } = this.#parser
    if (isControl(opcode)) return true
    const { limits } = this.#options!
    const { maxFrameSize, maxEmptyFragments } = limits
    if (length > this.#wireLimit(maxFrameSize)) return this.#tooBig('frame', length, maxFrameSize)
    const size = (this.#message?.length ?? 0) + length
    const most = messageLimit(opcode || messageOpcode, limits, this.#ports)
    if (!this.#frames && size > this.#wireLimit(most)) return this.#tooBig('message', size, most)
    if (fin) {
      this.#emptyFragments = 0
    } else if (length === 0 && ++this.#emptyFragments > maxEmptyFragments) {
      this.#target!.violated({ code: 1008, message: 'too many empty fragments in one message' })
      return false
    }
    return true
  }

  #tooBig(what: string, size: number, limit: number): false {
    this.#target!.violated(tooBig(what, size, limit))
    return false
  }

  /** Compressed data may be longer than what it inflates to: deflate, with little memory, adds up to 13 per cent. */
  #wireLimit(limit: number): number {
    const reserved = this.#message?.reserved ?? this.#parser.reserved
    return reserved === 0 ? limit : limit + Math.ceil(limit / 7) + 64
  }

  /** Reads payload; returns where it stopped. */
  #payload(bytes: Uint8Array, offset: number, end: number): number {
    const parser = this.#parser
    const stop = Math.min(end, offset + parser.length - this.#taken)
    const whole = stop - offset === parser.length
    if (this.#frames || isControl(parser.opcode)) this.#frame(bytes, offset, stop, whole)
    else if (whole && parser.fin && parser.opcode !== 0) this.#wholeMessage(bytes, offset, stop)
    else this.#fragment(bytes, offset, stop)
    return stop
  }

  #wholeMessage(bytes: Uint8Array, start: number, end: number): void {
    const parser = this.#parser
    const { reserved } = parser
    // The parser refuses other opcodes, and control frames do not come here.
    const opcode = parser.opcode as DataOpcode
    const high = parser.mask ? this.#ports.unmask(bytes, start, end, parser.maskKey) : 0x80
    parser.bodyComplete()
    const suspect = opcode === Opcode.TEXT && high !== 0 && reserved === 0
    if (suspect && !this.#ports.isUtf8(bytes.subarray(start, end))) {
      this.#target!.violated(NOT_UTF8)
    } else {
      this.#target!.readMessage(opcode, reserved, bytes, start, end, high === 0, false)
    }
  }

  #fragment(bytes: Uint8Array, start: number, end: number): void {
    const parser = this.#parser
    const opcode = (parser.opcode || parser.messageOpcode) as DataOpcode
    this.#message ??= this.#begin(opcode)
    const message = this.#message
    const expected = parser.fin ? message.length + parser.length - this.#taken : 0
    const high = this.#unmask(bytes, start, end)
    const complete = this.#taken === parser.length
    const last = complete && parser.fin
    if (!message.add(bytes, start, end, high, expected) || (last && !message.endsWell)) {
      this.#target!.violated(NOT_UTF8)
      return
    }
    if (!complete) return
    this.#taken = 0
    parser.bodyComplete()
    if (!last) return
    this.#message = undefined
    const { reserved, ascii, pieces } = message
    if (pieces !== undefined) {
      pieces.finish(ascii)
      return
    }
    const payload = message.take()
    this.#target!.readMessage(opcode, reserved, payload, 0, payload.length, ascii, true)
  }

  #begin(opcode: DataOpcode): IncomingMessage {
    const { reserved, length } = this.#parser
    const pieces = reserved === 0 ? this.#target!.gather?.(opcode, length) : undefined
    return new IncomingMessage(opcode, reserved, this.#ports.isUtf8, pieces)
  }

  #frame(bytes: Uint8Array, start: number, end: number, whole: boolean): void {
    const parser = this.#parser
    this.#unmask(bytes, start, end)
    if (whole) {
      this.#completeFrame(copyBytes(bytes, start, end))
      return
    }
    this.#partial ??= new GrowingBuffer()
    this.#partial.append(bytes, start, end, parser.length)
    if (this.#taken < parser.length) return
    const payload = this.#partial.take()
    this.#partial = undefined
    this.#completeFrame(payload)
  }

  #completeFrame(payload: Uint8Array<ArrayBuffer>): void {
    const { fin, frameType, reserved } = this.#parser
    this.#taken = 0
    this.#parser.bodyComplete()
    this.#target!.readFrame(fin, frameType, reserved, payload)
  }

  #unmask(bytes: Uint8Array, start: number, end: number): number {
    const { mask, maskKey } = this.#parser
    const key = rotateKey(maskKey, this.#taken)
    this.#taken += end - start
    return mask ? this.#ports.unmask(bytes, start, end, key) : 0x80
  }
}
