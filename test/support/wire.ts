/**
 * Frames written and read the slow way, straight from RFC 6455, section 5.2, and with nothing of `src/`: what the
 * library is compared with.
 */
export interface WireFrame {
  /** Default true. */
  readonly fin?: boolean
  /** RSV1, RSV2 and RSV3 as the bits 4, 2 and 1. Default 0. */
  readonly rsv?: number
  readonly opcode: number
  /** A string stands for its UTF-8. Default empty. */
  readonly payload?: string | Uint8Array
  /** Four octets; absent: not masked. */
  readonly key?: Uint8Array
}

export interface DecodedFrame {
  readonly fin: boolean
  readonly rsv: number
  readonly opcode: number
  /** Unmasked. */
  readonly payload: Uint8Array<ArrayBuffer>
  readonly key: Uint8Array<ArrayBuffer> | undefined
}

/** One octet by another, as RFC 6455, section 5.3, has it. */
export function naiveMask(payload: Uint8Array, key: Uint8Array): Uint8Array<ArrayBuffer> {
  const masked = new Uint8Array(payload.length)
  for (let i = 0; i < masked.length; i++) masked[i] = payload[i]! ^ key[i % 4]!
  return masked
}

/** The bytes of a frame, its length in as few octets as can be. */
export function encodeWire(frame: WireFrame): Uint8Array<ArrayBuffer> {
  const { fin = true, rsv = 0, opcode, payload = '', key } = frame
  const content = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload
  const flag = key === undefined ? 0 : 0x80
  const header = [(fin ? 0x80 : 0) | (rsv << 4) | opcode]
  if (content.length < 126) header.push(flag | content.length)
  else if (content.length < 65_536) header.push(flag | 126, ...bigEndian(content.length, 2))
  else header.push(flag | 127, ...bigEndian(content.length, 8))
  if (key !== undefined) header.push(...key)
  const body = key === undefined ? content : naiveMask(content, key)
  const encoded = new Uint8Array(header.length + body.length)
  encoded.set(header)
  encoded.set(body, header.length)
  return encoded
}

/** All frames in `bytes`. Throws when they do not end with a frame. */
export function decodeWire(bytes: Uint8Array): DecodedFrame[] {
  const frames: DecodedFrame[] = []
  let offset = 0
  const take = (count: number): Uint8Array<ArrayBuffer> => {
    if (offset + count > bytes.length) throw new RangeError('the bytes end within a frame')
    offset += count
    return new Uint8Array(bytes.subarray(offset - count, offset))
  }
  while (offset < bytes.length) {
    const [first = 0, second = 0] = take(2)
    const short = second & 0x7f
    const length = short < 126 ? short : fromBigEndian(take(short === 126 ? 2 : 8))
    const key = (second & 0x80) === 0 ? undefined : take(4)
    const body = take(length)
    frames.push({
      fin: (first & 0x80) !== 0,
      rsv: (first >> 4) & 7,
      opcode: first & 0x0f,
      payload: key === undefined ? body : naiveMask(body, key),
      key,
    })
  }
  return frames
}

function bigEndian(value: number, octets: number): number[] {
  return Array.from({ length: octets }, (_, i) =>
    Number((BigInt(value) >> BigInt(8 * (octets - 1 - i))) & 0xffn),
  )
}

function fromBigEndian(octets: Uint8Array): number {
  return octets.reduce((value, octet) => value * 256 + octet, 0)
}
