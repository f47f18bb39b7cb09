import fc from 'fast-check'

/** A frame as it is written, with its length in as few octets as can be. */
export interface WireFrame {
  readonly fin: boolean
  readonly rsv: number
  readonly opcode: number
  readonly payload: Uint8Array
  /** Four octets, or none. */
  readonly key: Uint8Array | undefined
}

function encodeWire({ fin, rsv, opcode, payload, key }: WireFrame): Uint8Array {
  const flag = key === undefined ? 0 : 0x80
  const { length } = payload
  const header = [(fin ? 0x80 : 0) | (rsv << 4) | opcode]
  if (length < 126) header.push(flag | length)
  else if (length < 65_536) header.push(flag | 126, length >> 8, length & 0xff)
  else
    header.push(
      flag | 127,
      0,
      0,
      0,
      0,
      length >>> 24,
      (length >> 16) & 0xff,
      (length >> 8) & 0xff,
      length & 0xff,
    )
  if (key === undefined) return Buffer.concat([Uint8Array.from(header), payload])
  return Buffer.concat([
    Uint8Array.from([...header, ...key]),
    payload.map((octet, i) => octet ^ key[i & 3]!),
  ])
}

/** Whether the last frame is whole. */
export function endsBetweenFrames(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let at = 0
  while (at + 2 <= bytes.length) {
    const second = view.getUint8(at + 1)
    const key = second & 0x80 ? 4 : 0
    let length = second & 0x7f
    let header = 2
    if (length === 126) {
      header = 4
      if (at + header > bytes.length) return false
      length = view.getUint16(at + 2)
    } else if (length === 127) {
      header = 10
      if (at + header > bytes.length) return false
      length = Number(view.getBigUint64(at + 2))
    }
    at += header + key + length
  }
  return at === bytes.length
}

const payload = fc.oneof(
  fc.string({ maxLength: 12 }).map((text): Uint8Array => Buffer.from(text)),
  fc
    .constantFrom('é', '€', '😀'.repeat(20), 'a'.repeat(126))
    .map((text): Uint8Array => Buffer.from(text)),
  fc.uint8Array({ maxLength: 8 }).map((bytes): Uint8Array => bytes),
  fc
    .constantFrom(1000, 1001, 1005, 1015, 3000, 5000)
    .map((code) => Uint8Array.of(code >> 8, code & 0xff, 0x62)),
)

/** Frames one after the other, most of them legal by themselves; `masked` says whether they should have a key. */
export function frames(masked: boolean): fc.Arbitrary<Uint8Array> {
  const key = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes): Uint8Array => bytes)
  const frame = fc.record({
    fin: fc.boolean(),
    rsv: fc.oneof({ weight: 20, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(7) }),
    opcode: fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom(0, 0, 1, 2, 8, 9, 10) },
      { weight: 1, arbitrary: fc.nat(15) },
    ),
    payload,
    key: fc.oneof(
      { weight: 30, arbitrary: masked ? key : fc.constant(undefined) },
      { weight: 1, arbitrary: masked ? fc.constant(undefined) : key },
    ),
  })
  return fc.array(frame.map(encodeWire), { maxLength: 10 }).map((all) => Buffer.concat(all))
}
