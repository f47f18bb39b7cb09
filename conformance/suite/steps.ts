import type { End, Expectation, Pause, Step, TestFrame } from './case.ts'
import { describeEvent } from './event.ts'

const CONTINUATION = 0
export const TEXT = 1
export const BINARY = 2
export const CLOSE = 8
export const PING = 9
const PONG = 10

type Content = string | Uint8Array
type Options = Omit<TestFrame, 'opcode' | 'payload'>

export function frame(opcode: number, payload: Content = '', options: Options = {}): Step {
  return { kind: 'frame', frame: { opcode, payload, ...options } }
}

export const text = (payload: Content, options?: Options): Step => frame(TEXT, payload, options)
export const binary = (payload: Content, options?: Options): Step => frame(BINARY, payload, options)
export const more = (payload: Content, options?: Options): Step =>
  frame(CONTINUATION, payload, options)
export const ping = (payload?: Content, options?: Options): Step => frame(PING, payload, options)
export const pong = (payload?: Content, options?: Options): Step => frame(PONG, payload, options)

/** A Close frame; without a code it is empty. */
export function close(code?: number, reason: Content = ''): Step {
  if (code === undefined) return frame(CLOSE)
  return frame(CLOSE, Uint8Array.of(code >> 8, code & 0xff, ...bytesOf(reason)))
}

export const quiet: Pause = { kind: 'quiet' }
export const failed: Pause = { kind: 'failed' }
export const heard = (events: number): Pause => ({ kind: 'heard', events })

/** The frames of one message, cut into pieces of `size` octets of its payload. */
export function fragments(opcode: 1 | 2, payload: Uint8Array, size: number): Step[] {
  const count = Math.max(1, Math.ceil(payload.length / size))
  return Array.from({ length: count }, (_, i) =>
    frame(i === 0 ? opcode : CONTINUATION, payload.subarray(i * size, (i + 1) * size), {
      fin: i === count - 1,
    }),
  )
}

// What is expected

export const textEcho = (payload: Content): string => describeEvent(TEXT, bytesOf(payload))
export const binaryEcho = (payload: Content): string => describeEvent(BINARY, bytesOf(payload))
export const pongOf = (payload: Content = ''): string => describeEvent(PONG, bytesOf(payload))

const NORMAL: End = { kind: 'clean', codes: [1000] }

/** These events, then a close handshake. */
export function hears(...events: readonly string[]): Expectation {
  return { events, end: NORMAL }
}

/** These events; then the peer fails the connection with one of the codes. */
export function fails(
  codes: number | readonly number[],
  events: readonly string[] = [],
  lenient?: readonly (readonly string[])[],
): Expectation {
  const end: End = { kind: 'failed', codes: typeof codes === 'number' ? [codes] : codes }
  return { events, end, ...(lenient && { lenient }) }
}

/** The peer answers the Close frame of the case with one of these codes. */
export function closes(codes: readonly number[], ...events: readonly string[]): Expectation {
  return { events, end: { kind: 'clean', codes } }
}

export function bytesOf(content: Content): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content
}

/** The bytes that hex digits name. */
export function hex(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/[0-9a-f]{2}/gi) ?? [], (pair) => Number.parseInt(pair, 16))
}

/** Steps or events made anew whenever they are gone through: for what would take too much memory. */
export function lazily<T>(make: () => Iterable<T>): Iterable<T> {
  return { [Symbol.iterator]: () => make()[Symbol.iterator]() }
}
