import { randomFrom } from '../suite/sample-data.ts'

/** How the bytes of a case are cut on their way: as the case says, octet by octet, or anywhere. */
export type Cut = 'as is' | 'octets' | 'random'

/** Bytes of a frame that are sent octet by octet at its beginning and at its end. */
const HEAD = 64
const TAIL = 8
/** Frames up to this size are sent octet by octet as a whole. */
const SMALL = 512
/** Into so many pieces what lies between is cut. */
const PIECES = 16

/**
 * The pieces to write, for frames that may be sent together. Long frames are cut into octets only where it matters:
 * around their header and at their end.
 */
export function cutFrames(
  frames: readonly Uint8Array[],
  cut: Cut,
  chop: 'frames' | number | undefined,
  seed: number,
): Uint8Array[] {
  if (cut === 'octets') return frames.flatMap((frame) => octets(frame, seed))
  if (cut === 'random') return atRandom(Buffer.concat(frames), seed)
  if (chop === 'frames') return [...frames]
  const whole = Buffer.concat(frames)
  return chop === undefined ? [whole] : pieces(whole, chop)
}

function pieces(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  )
}

function octets(frame: Uint8Array, seed: number): Uint8Array[] {
  if (frame.length <= SMALL) return pieces(frame, 1)
  const end = frame.length - TAIL
  return [
    ...pieces(frame.subarray(0, HEAD), 1),
    ...atRandom(frame.subarray(HEAD, end), seed),
    ...pieces(frame.subarray(end), 1),
  ]
}

function atRandom(bytes: Uint8Array, seed: number): Uint8Array[] {
  const random = randomFrom(seed)
  const marks = Array.from({ length: 1 + random(PIECES) }, () => random(bytes.length + 1))
  marks.sort((a, b) => a - b)
  return [0, ...marks]
    .map((start, i) => bytes.subarray(start, marks[i] ?? bytes.length))
    .filter((piece) => piece.length > 0)
}
