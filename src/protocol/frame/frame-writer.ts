import type { ByteOutput } from '../bytes/byte-output.ts'
import type { HeldBytes } from '../bytes/held-bytes.ts'
import { applyMask, freshMaskKey, rotateKey } from '../bytes/mask.ts'
import type { ProtocolPorts } from '../bytes/ports.ts'
import type { Frame } from './frame.ts'
import { FIN, frameHeaderSize, MAX_HEADER, writeFrameHeader } from './frame-header.ts'
import * as Opcode from './opcodes.ts'
import { OutgoingFragments } from './outgoing-fragments.ts'
import { AT_ONCE, type PayloadPiece, piecesOf, piecesOfText } from './payload-pieces.ts'

/** Strings up to this length are encoded without being measured: three bytes are reserved for each of their units. */
const ENCODE_BLINDLY = 8192

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
    const known =
      byteLength < 0 && text.length > ENCODE_BLINDLY ? this.#ports.textLength(text) : byteLength
    if (known > AT_ONCE) {
      this.#inPieces(FIN | Opcode.TEXT, known, piecesOfText(text, this.#ports))
      return
    }
    const blind = known < 0
    const target = this.#output.reserve(MAX_HEADER + (blind ? text.length * 3 : known))
    const key = this.#key()
    const masked = key !== undefined
    const { position } = this.#output
    // Text that is not measured is written as if it were ASCII, and moved if that makes its header too short.
    const guessed = position + frameHeaderSize(blind ? text.length : known, masked)
    const length = this.#ports.writeText(text, target, guessed, known)
    const start = position + frameHeaderSize(length, masked)
    if (start !== guessed) target.copyWithin(start, guessed, guessed + length)
    writeFrameHeader(target, position, FIN | Opcode.TEXT, length, key)
    this.#finish(target, start, start + length, key)
  }

  /** A frame whose first octet (FIN, reserved bits, opcode) is given; the payload is copied. */
  payload(first: number, bytes: Uint8Array | HeldBytes): void {
    const { length } = bytes
    if (length > AT_ONCE) {
      this.#inPieces(first, length, piecesOf(bytes))
      return
    }
    const target = this.#output.reserve(MAX_HEADER + length)
    const key = this.#key()
    const start = writeFrameHeader(target, this.#output.position, first, length, key)
    if (bytes instanceof Uint8Array) target.set(bytes, start)
    else bytes.write(target, start)
    this.#finish(target, start, start + length, key)
  }

  /** A frame whose payload is not copied, and must never change. If it has to be masked, it is copied all the same. */
  reference(first: number, bytes: Uint8Array): void {
    if (this.masking) {
      this.payload(first, bytes)
      return
    }
    this.#header(first, bytes.length, undefined)
    this.#output.append(bytes)
  }

  /** A frame that is encoded already. Only if frames are not masked. */
  encoded(frame: Uint8Array): void {
    this.#output.append(frame)
  }

  /** A frame as it is, fragments too. Throws a `TypeError` for a data frame of another type in the middle of a message. */
  frame(frame: Frame): void {
    this.#fragments ??= new OutgoingFragments()
    this.payload(this.#fragments.firstOctet(frame), frame.data)
  }

  #inPieces(first: number, length: number, pieces: Iterable<PayloadPiece>): void {
    const output = this.#output
    const key = this.#key()
    this.#header(first, length, key)
    let written = 0
    for (const piece of pieces) {
      if (piece.buffer !== undefined && key === undefined) {
        output.append(piece.buffer)
        continue
      }
      const target = output.reserve(piece.length)
      const start = output.position
      piece.write(target, start)
      const keyHere = key === undefined ? undefined : rotateKey(key, written)
      this.#finish(target, start, start + piece.length, keyHere)
      written += piece.length
    }
  }

  #header(first: number, length: number, key: number | undefined): void {
    const output = this.#output
    const target = output.reserve(MAX_HEADER)
    output.position = writeFrameHeader(target, output.position, first, length, key)
  }

  #key(): number | undefined {
    return this.masking ? freshMaskKey() : undefined
  }

  #finish(target: Uint8Array, start: number, end: number, key: number | undefined): void {
    if (key !== undefined) applyMask(target, start, end, key)
    this.#output.position = end
  }
}
