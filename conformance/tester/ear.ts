import { isUtf8 } from 'node:buffer'
import { describeEvent } from '../suite/event.ts'
import type { Codec } from './codec.ts'

interface Header {
  readonly first: number
  readonly key: Uint8Array | undefined
  readonly start: number
  readonly end: number
}

/**
 * What the peer under test says, read as strictly as RFC 6455 has it: messages and Pongs as lines, its Close frame, and
 * whatever is wrong with its frames.
 */
export class Ear {
  readonly events: string[] = []
  readonly faults: string[] = []
  /** The code of the peer's Close frame; 1005 for an empty one. */
  closeCode: number | undefined
  /** The transport has ended; `'reset'` when it broke. */
  ended: 'end' | 'reset' | undefined

  readonly #masked: boolean
  readonly #codec: Codec | undefined
  #rest: Uint8Array[] = []
  #restLength = 0
  #wanted = 2
  #message: { readonly opcode: number; readonly packed: boolean; parts: Uint8Array[] } | undefined
  #lastKey = ''

  /** `masked`: the peer is a client. */
  constructor(masked: boolean, codec: Codec | undefined) {
    this.#masked = masked
    this.#codec = codec
  }

  /** True when the peer has given up, or said good-bye. */
  get over(): boolean {
    return this.closeCode !== undefined || this.ended !== undefined
  }

  hear(bytes: Uint8Array): void {
    this.#rest.push(bytes)
    this.#restLength += bytes.length
    // Joined only when a frame may be whole: a long one arrives in many pieces.
    while (this.#restLength >= this.#wanted) {
      const all = this.#rest.length === 1 ? this.#rest[0]! : Buffer.concat(this.#rest)
      const header = this.#header(all)
      this.#rest = [all]
      if (header === undefined) return
      this.#frame(header, all.slice(header.start, header.end))
      this.#rest = [all.subarray(header.end)]
      this.#restLength = all.length - header.end
      this.#wanted = 2
    }
  }

  /** No more will come. */
  end(how: 'end' | 'reset'): void {
    if (this.ended === undefined && this.#restLength > 0) this.#fault('it ended within a frame')
    this.ended ??= how
  }

  /** `undefined` when more bytes are wanted. */
  #header(bytes: Uint8Array): Header | undefined {
    const second = bytes[1]!
    const short = second & 0x7f
    const octets = short === 126 ? 2 : short === 127 ? 8 : 0
    const keyAt = 2 + octets
    const start = keyAt + ((second & 0x80) === 0 ? 0 : 4)
    if (bytes.length < start) {
      this.#wanted = start
      return undefined
    }
    const length = octets === 0 ? short : bigEndian(bytes.subarray(2, keyAt))
    if (octets > 0 && length < (octets === 2 ? 126 : 65_536)) {
      this.#fault(`the length ${length} in ${octets} octets`)
    }
    const end = start + length
    if (bytes.length < end) {
      this.#wanted = end
      return undefined
    }
    return {
      first: bytes[0]!,
      key: start > keyAt ? bytes.subarray(keyAt, start) : undefined,
      start,
      end,
    }
  }

  #frame({ first, key }: Header, payload: Uint8Array): void {
    if (this.closeCode !== undefined) this.#fault('a frame after its Close frame')
    if ((key !== undefined) !== this.#masked) {
      this.#fault(this.#masked ? 'a frame that is not masked' : 'a masked frame')
    }
    if (key !== undefined) this.#unmask(key, payload)
    const opcode = first & 0x0f
    const fin = (first & 0x80) !== 0
    const reserved = first & 0x70
    if (opcode >= 8) this.#control(opcode, fin, reserved, payload)
    else this.#data(opcode, fin, reserved, payload)
  }

  #unmask(key: Uint8Array, payload: Uint8Array): void {
    const name = key.join()
    if (name === this.#lastKey) this.#fault('a masking key that was used before')
    this.#lastKey = name
    for (let i = 0; i < payload.length; i++) payload[i]! ^= key[i & 3]!
  }

  #control(opcode: number, fin: boolean, reserved: number, payload: Uint8Array): void {
    if (!fin || reserved !== 0 || payload.length > 125 || opcode > 10) {
      this.#fault(`a malformed control frame of opcode ${opcode}`)
    }
    if (opcode === 8) this.#close(payload)
    else this.events.push(describeEvent(opcode, payload))
  }

  #close(payload: Uint8Array): void {
    if (payload.length === 1) this.#fault('a Close frame of one byte')
    this.closeCode = payload.length < 2 ? 1005 : bigEndian(payload.subarray(0, 2))
    if (!isUtf8(payload.subarray(2))) this.#fault('a close reason that is not UTF-8')
  }

  #data(opcode: number, fin: boolean, reserved: number, payload: Uint8Array): void {
    const begins = opcode !== 0
    if (opcode > 2) this.#fault(`a frame of the reserved opcode ${opcode}`)
    if (begins === (this.#message !== undefined)) this.#fault('fragments in disorder')
    const packed = reserved === 0x40 && begins && this.#codec !== undefined
    if (reserved !== 0 && !packed) this.#fault('reserved bits without a meaning')
    this.#message ??= { opcode, packed, parts: [] }
    this.#message.parts.push(payload)
    if (!fin) return
    const { parts, ...message } = this.#message
    this.#message = undefined
    this.#whole(
      message.opcode,
      message.packed,
      parts.length === 1 ? parts[0]! : Buffer.concat(parts),
    )
  }

  #whole(opcode: number, packed: boolean, payload: Uint8Array): void {
    let content = payload
    try {
      if (packed) content = this.#codec!.expand(payload)
    } catch (error) {
      this.#fault(`a message that cannot be inflated: ${String(error)}`)
    }
    if (opcode === 1 && !isUtf8(content)) this.#fault('a text that is not UTF-8')
    this.events.push(describeEvent(opcode, content))
  }

  #fault(what: string): void {
    this.faults.push(what)
  }
}

function bigEndian(octets: Uint8Array): number {
  return octets.reduce((value, octet) => value * 256 + octet, 0)
}
