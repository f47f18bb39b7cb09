/**
 * The SHA-1 digest of `message`, 20 bytes (FIPS 180-4, section 6.1). RFC 6455 uses it to show that a server has read
 * the handshake, not to keep a secret: use it for nothing else.
 */
export function sha1(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const blocks = padded(message)
  const state = new Int32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0])
  const schedule = new Int32Array(80)
  for (let start = 0; start < blocks.byteLength; start += 64) {
    for (let i = 0; i < 16; i++) schedule[i] = blocks.getInt32(start + 4 * i)
    for (let i = 16; i < 80; i++) {
      const word = schedule[i - 3]! ^ schedule[i - 8]! ^ schedule[i - 14]! ^ schedule[i - 16]!
      schedule[i] = (word << 1) | (word >>> 31)
    }
    compress(state, schedule)
  }
  const digest = new DataView(new ArrayBuffer(20))
  for (let i = 0; i < 5; i++) digest.setInt32(4 * i, state[i]!)
  return new Uint8Array(digest.buffer)
}

/** The message, a one bit, zeros, and its length in bits as 64: a multiple of 64 bytes. */
function padded(message: Uint8Array): DataView<ArrayBuffer> {
  const { length } = message
  const bytes = new Uint8Array(64 * Math.ceil((length + 9) / 64))
  bytes.set(message)
  bytes[length] = 0x80
  const view = new DataView(bytes.buffer)
  view.setUint32(bytes.length - 8, Math.floor(length / 0x2000_0000))
  view.setUint32(bytes.length - 4, length << 3)
  return view
}

function compress(state: Int32Array, schedule: Int32Array): void {
  let a = state[0]!
  let b = state[1]!
  let c = state[2]!
  let d = state[3]!
  let e = state[4]!
  for (let i = 0; i < 80; i++) {
    const mixed =
      i < 20
        ? ((b & c) | (~b & d)) + 0x5a827999
        : i < 40
          ? (b ^ c ^ d) + 0x6ed9eba1
          : i < 60
            ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
            : (b ^ c ^ d) + 0xca62c1d6
    const next = (((a << 5) | (a >>> 27)) + mixed + e + schedule[i]!) | 0
    e = d
    d = c
    c = (b << 30) | (b >>> 2)
    b = a
    a = next
  }
  state[0] = state[0]! + a
  state[1] = state[1]! + b
  state[2] = state[2]! + c
  state[3] = state[3]! + d
  state[4] = state[4]! + e
}
