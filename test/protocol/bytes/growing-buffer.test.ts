import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GrowingBuffer } from '../../../src/protocol/bytes/growing-buffer.ts'
import { copiedBytes } from '../../support/copied-bytes.ts'
import { bytes, joined } from '../../support/hex.ts'

describe('GrowingBuffer', () => {
  it('gathers any pieces, whatever is announced', () => {
    const piece = fc.record({
      content: fc.uint8Array({ maxLength: 700 }),
      expected: fc.oneof(fc.constant(0), fc.nat(5000), fc.constant(2 ** 40)),
    })
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const buffer = new GrowingBuffer()
        for (const { content, expected } of pieces) {
          const around = joined(bytes('aa bb'), content, bytes('cc'))
          buffer.append(around, 2, around.length - 1, expected)
        }
        const all = joined(...pieces.map(({ content }) => content))
        expect(buffer.length).toBe(all.length)
        const taken = buffer.take()
        expect(taken).toEqual(all)
        expect(taken.buffer.byteLength).toBe(all.length)
        expect(buffer.length).toBe(0)
      }),
    )
  })

  it.each([1, 100, 10_000])(
    'allocates a small multiple of the %i bytes that came, whatever is announced',
    (count) => {
      const buffer = new GrowingBuffer()
      buffer.append(new Uint8Array(count), 0, count, 2 ** 40)
      expect(buffer.bytes.length).toBeLessThanOrEqual(Math.max(256, count * 4))
    },
  )

  it('allocates exactly what is announced once a quarter of it is there', () => {
    const buffer = new GrowingBuffer()
    buffer.append(new Uint8Array(250), 0, 250, 1000)
    expect(buffer.bytes.length).toBe(1000)
    buffer.append(new Uint8Array(750), 0, 750, 1000)
    const { bytes: gathered } = buffer
    expect(buffer.take()).toBe(gathered)
  })

  it.each([
    [0, 256],
    [100, 100],
    [1000, 256],
  ])('with %i bytes announced, begins with %i', (expected, allocated) => {
    const buffer = new GrowingBuffer()
    buffer.append(new Uint8Array(1), 0, 1, expected)
    expect(buffer.bytes.length).toBe(allocated)
  })

  it('allocates exactly what is announced if all of it comes at once', () => {
    const buffer = new GrowingBuffer()
    buffer.append(new Uint8Array(1000), 0, 1000, 1000)
    expect(buffer.bytes.length).toBe(1000)
  })

  it('copies each byte a few times at most, however small the pieces', () => {
    const piece = new Uint8Array(16)
    for (const expected of [0, 2 ** 20]) {
      const buffer = new GrowingBuffer()
      const copied = copiedBytes(() => {
        for (let i = 0; i < 65_536; i++) buffer.append(piece, 0, 16, expected)
      })
      expect(copied).toBeLessThan(3 * 2 ** 20)
    }
  })

  it('is empty after clear, and keeps nothing', () => {
    const buffer = new GrowingBuffer()
    buffer.append(new Uint8Array(1000), 0, 1000)
    buffer.clear()
    expect(buffer.length).toBe(0)
    expect(buffer.bytes.length).toBe(0)
    expect(buffer.take()).toEqual(new Uint8Array())
  })
})
