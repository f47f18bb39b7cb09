import type { ByteOutput } from './byte-output.ts'
import type { Frame } from './frame.ts'
import { frameHeaderSize, writeFrameHeader } from './frame-header.ts'
import type { HeldBytes } from './held-bytes.ts'
import { applyMask, freshMaskKey, rotateKey } from './mask.ts'
import { Opcode } from './opcode.ts'
import { OutgoingFragments } from './outgoing-fragments.ts'
import type { ProtocolPorts } from './ports.ts'

/** The longest header: two octets, a 64-bit length, a key. */
const MAX_HEADER = 14

/** Up to here a string is encoded at once, its length found by encoding it: at worst thrice this much room is reserved. */
const ENCODE_BLINDLY = 8192

/** Payloads up to here are written at once: the buffers of transports have room for that. */
const AT_ONCE = 250_000

/** Larger ones in pieces of so much, whose room the output may use again. */
const PIECE = 65_536

const FINAL_TEXT = 0x80 | Opcode.TEXT

/** Writes frames into an output: header and payload in one piece, masked in place. */
export class FrameWriter {
  masking: boolean
  readonly #output: ByteOutput
  readonly #ports: ProtocolPorts
  #fragments: OutgoingFragments | undefined

  constructor(output: ByteOutput, ports: ProtocolPorts, masking: boolean) {
    this.#output = output
    this.#ports = ports
    this.masking = masking
  }

  /** True between the first and the last fragment of a message. */
  get fragmenting(): boolean {
    return this.#fragments?.open === true
  }

  /** A text message; `byteLength` is its length in UTF-8, -1 for unknown. */
  text(text: string, byteLength: number): void {
    if (byteLength < 0) {
      if (text.length <= ENCODE_BLINDLY) {
        this.#unmeasuredText(text)
        return
      }
      byteLength = this.#ports.textLength(text)
    }
    if (byteLength > AT_ONCE) {
      this.#largeText(text, byteLength)
      return
    }
    const target = this.#output.reserve(MAX_HEADER + byteLength)
    const key = this.#key()
    const start = writeFrameHeader(target, this.#output.position, FINAL_TEXT, byteLength, key)
    this.#ports.writeText(text, target, start, byteLength)
    this.#finish(target, start, start + byteLength, key)
  }

  /** A frame whose first octet (FIN, reserved bits, opcode) is given; the payload is copied. */
  payload(first: number, bytes: Uint8Array): void {
    if (bytes.length > AT_ONCE) {
      this.#largePayload(first, bytes)
      return
    }
    const target = this.#output.reserve(MAX_HEADER + bytes.length)
    const key = this.#key()
    const start = writeFrameHeader(target, this.#output.position, first, bytes.length, key)
    target.set(bytes, start)
    this.#finish(target, start, start + bytes.length, key)
  }

  /** The same for bytes that are held. */
  held(first: number, bytes: HeldBytes): void {
    if (bytes.parts !== undefined && bytes.length > AT_ONCE) {
      this.#heldParts(first, bytes, bytes.parts)
      return
    }
    const target = this.#output.reserve(MAX_HEADER + bytes.length)
    const key = this.#key()
    const start = writeFrameHeader(target, this.#output.position, first, bytes.length, key)
    bytes.write(target, start)
    this.#finish(target, start, start + bytes.length, key)
  }

  /** A frame by reference: its payload must never change. Masked payloads are copied all the same. */
  reference(first: number, bytes: Uint8Array): void {
    if (this.masking) {
      this.payload(first, bytes)
      return
    }
    const target = this.#output.reserve(MAX_HEADER)
    this.#output.position = writeFrameHeader(
      target,
      this.#output.position,
      first,
      bytes.length,
      undefined,
    )
    this.#output.append(bytes)
  }

  /** A whole frame, encoded before. Only where nothing is masked. */
  encoded(frame: Uint8Array): void {
    this.#output.append(frame)
  }

  /** A frame as it is, fragments too. Throws a `TypeError` for a data frame of another type in the middle of a message. */
  frame(frame: Frame): void {
    this.#fragments ??= new OutgoingFragments()
    this.payload(this.#fragments.firstOctet(frame), frame.data)
  }

  /** Encodes behind room for the header that ASCII would need, and moves the text when it took another one. */
  #unmeasuredText(text: string): void {
    const target = this.#output.reserve(MAX_HEADER + text.length * 3)
    const key = this.#key()
    const position = this.#output.position
    const guessed = position + frameHeaderSize(text.length, key !== undefined)
    const length = this.#ports.writeText(text, target, guessed, -1)
    const start = position + frameHeaderSize(length, key !== undefined)
    if (start !== guessed) target.copyWithin(start, guessed, guessed + length)
    writeFrameHeader(target, position, FINAL_TEXT, length, key)
    this.#finish(target, start, start + length, key)
  }

  #largeText(text: string, byteLength: number): void {
    const output = this.#output
    const ascii = byteLength === text.length
    const key = this.#header(FINAL_TEXT, byteLength)
    let written = 0
    for (let at = 0, end = 0; at < text.length; at = end) {
      end = cutOf(text, ascii ? at + PIECE : at + PIECE / 4)
      const piece = text.slice(at, end)
      const known = ascii ? piece.length : -1
      const target = output.reserve(ascii ? piece.length : piece.length * 3)
      const length = this.#ports.writeText(piece, target, output.position, known)
      written = this.#piece(target, length, key, written)
    }
  }

  #largePayload(first: number, bytes: Uint8Array): void {
    const key = this.#header(first, bytes.length)
    let written = 0
    while (written < bytes.length) {
      const piece = bytes.subarray(written, written + PIECE)
      const target = this.#output.reserve(piece.length)
      target.set(piece, this.#output.position)
      written = this.#piece(target, piece.length, key, written)
    }
  }

  #heldParts(first: number, whole: HeldBytes, parts: readonly HeldBytes[]): void {
    const key = this.#header(first, whole.length)
    let written = 0
    for (const part of parts) {
      if (part.buffer !== undefined && key === undefined) {
        this.#output.append(part.buffer)
        continue
      }
      const target = this.#output.reserve(part.length)
      part.write(target, this.#output.position)
      written = this.#piece(target, part.length, key, written)
    }
  }

  /** Writes the header of a frame whose payload follows in pieces; returns its key. */
  #header(first: number, length: number): number | undefined {
    const output = this.#output
    const key = this.#key()
    const target = output.reserve(MAX_HEADER)
    output.position = writeFrameHeader(target, output.position, first, length, key)
    return key
  }

  /** A piece is in its place, behind `written` others of the payload; returns how many that makes. */
  #piece(target: Uint8Array, length: number, key: number | undefined, written: number): number {
    const start = this.#output.position
    const keyHere = key === undefined ? undefined : rotateKey(key, written)
    this.#finish(target, start, start + length, keyHere)
    return written + length
  }

  #key(): number | undefined {
    return this.masking ? freshMaskKey() : undefined
  }

  #finish(target: Uint8Array, start: number, end: number, key: number | undefined): void {
    if (key !== undefined) applyMask(target, start, end, key)
    this.#output.position = end
  }
}

/** Where `text` may be cut, near `end`: not within a pair of surrogates. */
function cutOf(text: string, end: number): number {
  const splits = (text.charCodeAt(end - 1) & 0xfc00) === 0xd800
  return splits && end < text.length ? end - 1 : end
}
