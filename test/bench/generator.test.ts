import { describe, expect, test } from 'vitest'
import type { Case } from '../../bench/case.ts'
import { FrameCounter } from '../../bench/generator/frame-counter.ts'
import { burstsOf, frame } from '../../bench/generator/payload.ts'

const TEXT: Case = {
  workload: 'echo',
  conns: 1,
  depth: 3,
  size: 128,
  payload: 'text',
  takeover: false,
}

/** Counts a stream that comes in pieces of so many bytes. */
function counted(bytes: Buffer, piece: number): FrameCounter {
  const counter = new FrameCounter()
  for (let start = 0; start < bytes.length; start += piece) {
    counter.take(bytes, start, Math.min(start + piece, bytes.length))
  }
  return counter
}

describe('the generator', () => {
  test.each([0, 125, 126, 65_535, 65_536])('frames %d bytes', (size) => {
    const body = Buffer.alloc(size, 7)
    for (const piece of [1, 3, 100_000]) {
      const counter = counted(frame(0x82, body, false), piece)
      expect(counter).toMatchObject({ messages: 1, firstOctet: 0x82 })
      expect(counter.first?.equals(body)).toBe(true)
    }
  })

  test('masks what a client sends', () => {
    const bytes = frame(0x81, Buffer.from('Hello'), true)
    expect(bytes.subarray(0, 2).toString('hex')).toBe('8185')
    const unmasked = bytes.subarray(6).map((byte, i) => byte ^ bytes[2 + (i & 3)]!)
    expect(Buffer.from(unmasked).toString()).toBe('Hello')
  })

  test.each(['text', 'non-ascii', 'binary'] as const)('makes bursts of %s', (payload) => {
    const bursts = burstsOf({ ...TEXT, payload }, false)
    for (const { bytes, first } of bursts) {
      const counter = counted(bytes, 50)
      expect(counter.messages).toBe(3)
      expect(counter.first).toEqual(first)
      expect(first).toHaveLength(128)
    }
    expect(new Set(bursts.map(({ first }) => first.toString('hex'))).size).toBe(bursts.length)
  })

  test('makes text that is valid UTF-8, whatever its size', () => {
    for (let size = 1; size < 80; size++) {
      const [burst] = burstsOf({ ...TEXT, payload: 'non-ascii', size }, false)
      expect(burst?.first.toString()).not.toContain('\ufffd')
    }
  })

  test('joins fragments, and notices a Close frame among them', () => {
    const counter = counted(Buffer.from('010161' + '8801' + '00' + '800162', 'hex'), 2)
    expect(counter).toMatchObject({ messages: 1, closed: true, firstOctet: 0x01 })
    expect(counter.first?.toString()).toBe('a\0b')
  })
})
