const FIN = 0x80
const CLOSE = 8

/** Counts messages by their frames' headers; of the first one it keeps the payload. */
export class FrameCounter {
  messages = 0
  bytes = 0
  /** The payload of the first message, once it is there, and the first octet of its frame. */
  first: Buffer | undefined
  firstOctet = 0
  /** A Close frame came. */
  closed = false

  readonly #header = Buffer.alloc(14)
  #have = 0
  #left = 0
  #parts: Buffer[] | undefined = []

  /** Takes what a server, or a client that masks, has sent. */
  take(chunk: Buffer, start: number, end: number): void {
    this.bytes += end - start
    let offset = start
    while (offset < end) {
      if (this.#left > 0) {
        const taken = Math.min(this.#left, end - offset)
        this.#parts?.push(Buffer.from(chunk.subarray(offset, offset + taken)))
        this.#left -= taken
        offset += taken
        if (this.#left === 0) this.#ended()
        continue
      }
      this.#header[this.#have++] = chunk[offset++]!
      if (this.#have === sizeOf(this.#header, this.#have)) {
        this.#left = lengthOf(this.#header)
        this.#have = 0
        if (this.#left === 0) this.#ended()
      }
    }
  }

  #ended(): void {
    const octet = this.#header[0]!
    const opcode = octet & 0x0f
    if (opcode >= CLOSE) {
      this.closed ||= opcode === CLOSE
      return
    }
    if (this.firstOctet === 0) this.firstOctet = octet
    if ((octet & FIN) === 0) return
    this.messages++
    if (this.#parts !== undefined) {
      this.first = Buffer.concat(this.#parts)
      this.#parts = undefined
    }
  }
}

/** Of the header that begins so; more than `have` as long as that is not known. */
function sizeOf(header: Buffer, have: number): number {
  if (have < 2) return 2
  const length = header[1]! & 0x7f
  return (length < 126 ? 2 : length === 126 ? 4 : 10) + ((header[1]! & 0x80) === 0 ? 0 : 4)
}

function lengthOf(header: Buffer): number {
  const length = header[1]! & 0x7f
  if (length === 126) return header.readUInt16BE(2)
  return length === 127 ? Number(header.readBigUInt64BE(2)) : length
}
