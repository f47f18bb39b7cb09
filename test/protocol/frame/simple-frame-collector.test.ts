import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SimpleFrameCollector } from '../../../src/protocol/frame/simple-frame-collector.ts'
import { cutAt, cuts } from '../../support/cuts.ts'
import { bytes, hex } from '../../support/hex.ts'
import { naiveMask } from '../../support/wire.ts'

describe('SimpleFrameCollector', () => {
  it('gathers a payload cut anywhere, and unmasks it', () => {
    const key = fc.uint8Array({ minLength: 4, maxLength: 4 })
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), key, cuts, (payload, octets, at) => {
        const collector = new SimpleFrameCollector()
        collector.start(payload.length)
        for (const piece of cutAt(naiveMask(payload, octets), at)) {
          expect(collector.handle(piece, 0, piece.length)).toBe(piece.length)
        }
        expect(collector.hasRemaining).toBe(false)
        const taken = collector.take(new DataView(octets.buffer).getInt32(0, true))
        expect(hex(taken)).toBe(hex(payload))
      }),
    )
  })

  it('unmasks with the key ffffffff (B11), and not at all without a key', () => {
    const collector = new SimpleFrameCollector()
    collector.start(2)
    collector.handle(bytes('b7 9a'), 0, 2)
    expect(collector.take(-1)).toEqual(bytes('48 65'))
    collector.start(2)
    collector.handle(bytes('b7 9a'), 0, 2)
    expect(collector.take()).toEqual(bytes('b7 9a'))
  })

  it('takes only what belongs to the payload', () => {
    const collector = new SimpleFrameCollector()
    const chunk = bytes('ff 01 02 03 81 00')
    collector.start(3)
    expect(collector.handle(chunk, 1, 6)).toBe(4)
    expect(collector.handle(chunk, 4, 6)).toBe(4)
    expect(collector.take()).toEqual(bytes('01 02 03'))
  })

  it('gives each payload away, and holds no part of it', () => {
    const collector = new SimpleFrameCollector()
    collector.start(2)
    collector.handle(bytes('01 02'), 0, 2)
    const first = collector.take()
    collector.start(2)
    collector.handle(bytes('03 04'), 0, 2)
    collector.take()
    expect(first).toEqual(bytes('01 02'))
    expect(collector.take()).toEqual(bytes(''))
  })

  it('takes an empty payload at once', () => {
    const collector = new SimpleFrameCollector()
    collector.start(0)
    expect(collector.hasRemaining).toBe(false)
    expect(collector.take(-1)).toEqual(bytes(''))
  })

  it('does not allocate what is merely announced', () => {
    const collector = new SimpleFrameCollector()
    collector.start(2 ** 53)
    expect(collector.handle(bytes('01'), 0, 1)).toBe(1)
    expect(collector.hasRemaining).toBe(true)
  })

  it('throws when a payload is cut short', () => {
    const collector = new SimpleFrameCollector()
    collector.start(3)
    collector.handle(bytes('01 02'), 0, 2)
    expect(() => collector.take()).toThrow('the payload is not complete')
    expect(() => collector.start(1)).toThrow('the payload before is not complete')
    collector.handle(bytes('03'), 0, 1)
    expect(collector.take()).toEqual(bytes('01 02 03'))
  })
})
