/**
 * Masking keys are held as one 32-bit number, the first key octet in its lowest byte, so that a little-endian
 * 32-bit view of a payload can be masked four octets at a time (RFC 6455, section 5.3).
 */

/** Below this many bytes, finding the aligned view costs more than it saves. */
const WORDS_FROM = 24

/** A view of more words than this is not kept: it is that of one large message, whose memory it would keep alive. */
const KEPT_WORDS = 262_144

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

/** The key that continues after `count` octets of a payload. */
export function rotateKey(key: number, count: number): number {
  const bits = (count & 3) << 3
  return bits === 0 ? key : (key >>> bits) | (key << (32 - bits))
}

/**
 * Masks or unmasks in place. The lowest byte of `key` is its first octet. Returns 0 when every octet of the result is
 * ASCII.
 */
export function applyMask(bytes: Uint8Array, start: number, end: number, key: number): number {
  if (!LITTLE_ENDIAN || end - start < WORDS_FROM) return maskOctets(bytes, start, end, key)
  if (bytes !== viewed) view(bytes)
  const words = viewedWords
  const aligned = start + (-(viewedFrom + start) & 3)
  const rolling = rotateKey(key, aligned - start)
  let word = (viewedFrom + aligned) >> 2
  const last = (viewedFrom + end) >> 2
  const rest = aligned + ((last - word) << 2)
  let high = maskOctets(bytes, start, aligned, key)
  for (; word + 3 < last; word += 4) {
    const a = words[word]! ^ rolling
    const b = words[word + 1]! ^ rolling
    const c = words[word + 2]! ^ rolling
    const d = words[word + 3]! ^ rolling
    words[word] = a
    words[word + 1] = b
    words[word + 2] = c
    words[word + 3] = d
    high |= a | b | c | d
  }
  for (; word < last; word++) {
    const a = words[word]! ^ rolling
    words[word] = a
    high |= a
  }
  if (words.length > KEPT_WORDS) view(NO_BYTES)
  high |= maskOctets(bytes, rest, end, rolling)
  return (high & 0x80808080) === 0 ? 0 : 0x80
}

function maskOctets(bytes: Uint8Array, start: number, end: number, key: number): number {
  let high = 0
  let rolling = key
  for (let offset = start; offset < end; offset++) {
    const octet = bytes[offset]! ^ (rolling & 0xff)
    bytes[offset] = octet
    high |= octet
    rolling = (rolling >>> 8) | (rolling << 24)
  }
  return high & 0x80
}

const NO_BYTES = new Uint8Array(0)

// Many payloads come in one chunk, so the last view is nearly always the one needed. Asking an array for its buffer
// costs as much as unmasking a short payload.
let viewed: Uint8Array = NO_BYTES
let viewedWords: Int32Array<ArrayBufferLike> = new Int32Array(0)
let viewedFrom = 0

function view(bytes: Uint8Array): void {
  const { buffer } = bytes
  viewed = bytes
  viewedFrom = bytes.byteOffset
  if (viewedWords.buffer !== buffer) viewedWords = new Int32Array(buffer, 0, buffer.byteLength >> 2)
}

/** Keys come from a pool, refilled from the system's cryptographic generator (RFC 6455, section 10.3). */
const pool = new Int32Array(2048)
let used = pool.length

/** A fresh masking key, unpredictable to whoever chose the payload. */
export function freshMaskKey(): number {
  if (used === pool.length) {
    crypto.getRandomValues(pool)
    used = 0
  }
  const key = pool[used]!
  pool[used++] = 0
  return key
}
