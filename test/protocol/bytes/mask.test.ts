import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyMask, freshMaskKey, rotateKey } from '../../../src/protocol/bytes/mask.ts'
import { keptOf } from '../../support/collect-garbage.ts'
import { bytes, hex } from '../../support/hex.ts'
import { naiveMask } from '../../support/wire.ts'

/** A key as `applyMask` takes it, and its octets in the order of the wire. */
function keyOf(octets: Uint8Array): number {
  return new DataView(octets.buffer).getInt32(0, true)
}

const key = fc.uint8Array({ minLength: 4, maxLength: 4 })

describe('applyMask', () => {
  it('unmasks the example of RFC 6455, section 5.7', () => {
    const payload = bytes('7f 9f 4d 51 58')
    applyMask(payload, 0, 5, keyOf(bytes('37 fa 21 3d')))
    expect(new TextDecoder().decode(payload)).toBe('Hello')
  })

  it('keeps no memory of a large message', async () => {
    const masked = (): WeakRef<Uint8Array> => {
      const large = new Uint8Array(2 * 1024 * 1024)
      applyMask(large, 0, large.length, 1)
      return new WeakRef(large)
    }
    expect(await keptOf(masked())).toBeUndefined()
  })

  it('does what a loop over octets does, at every alignment and length, and nothing around it', () => {
    const octets = bytes('37 fa 21 3d')
    const buffer = new ArrayBuffer(128)
    const all = new Uint8Array(buffer)
    for (let base = 0; base < 4; base++) {
      for (let start = 0; start < 5; start++) {
        for (let length = 0; length <= 70; length++) {
          for (let i = 0; i < all.length; i++) all[i] = (i * 37) & 0xff
          const before = Uint8Array.from(all)
          const from = base + start
          const expected = naiveMask(before.subarray(from, from + length), octets)
          applyMask(new Uint8Array(buffer, base), start, start + length, keyOf(octets))
          before.set(expected, from)
          if (Buffer.compare(all, before) !== 0) {
            expect(hex(all), `view at ${base}, from ${start}, ${length} octets`).toBe(hex(before))
          }
        }
      }
    }
  })

  it('is its own inverse', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), key, (payload, octets) => {
        const twice = Uint8Array.from(payload)
        applyMask(twice, 0, twice.length, keyOf(octets))
        expect(hex(twice)).toBe(hex(naiveMask(payload, octets)))
        applyMask(twice, 0, twice.length, keyOf(octets))
        expect(hex(twice)).toBe(hex(payload))
      }),
    )
  })

  it('works with the key ffffffff, which is -1 (B11)', () => {
    const payload = bytes('b7 9a 93 93 90')
    applyMask(payload, 0, 5, keyOf(bytes('ff ff ff ff')))
    expect(new TextDecoder().decode(payload)).toBe('Hello')
  })

  it('is 0 exactly when all octets of the result are ASCII, wherever one is not', () => {
    const octets = bytes('80 ff 7f 00')
    for (const length of [1, 3, 4, 23, 24, 25, 47, 64]) {
      for (let odd = -1; odd < length; odd++) {
        const plain = new Uint8Array(length).fill(0x61)
        if (odd >= 0) plain[odd] = 0xc3
        const payload = naiveMask(plain, octets)
        const high = applyMask(payload, 0, length, keyOf(octets))
        expect(high, `octet ${odd} of ${length}`).toBe(odd < 0 ? 0 : 0x80)
      }
    }
  })

  it('works on views of a SharedArrayBuffer and of buffers of odd size', () => {
    for (const buffer of [new SharedArrayBuffer(61), new ArrayBuffer(61)]) {
      const view = new Uint8Array(buffer)
      applyMask(view, 0, 61, keyOf(bytes('01 02 03 04')))
      expect(hex(view)).toBe(hex(naiveMask(new Uint8Array(61), bytes('01 02 03 04'))))
    }
  })
})

describe('rotateKey', () => {
  it('goes on in the middle of a payload, cut anywhere', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        key,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (payload, octets, fraction) => {
          const cut = Math.round(fraction * payload.length)
          const pieces = Uint8Array.from(payload)
          applyMask(pieces, 0, cut, keyOf(octets))
          applyMask(pieces, cut, pieces.length, rotateKey(keyOf(octets), cut))
          expect(hex(pieces)).toBe(hex(naiveMask(payload, octets)))
        },
      ),
    )
  })
})

describe('freshMaskKey', () => {
  it('gives another key each time, over several fillings of its pool', () => {
    const keys = new Set(Array.from({ length: 5000 }, freshMaskKey))
    expect(keys.size).toBeGreaterThan(4990)
    expect([...keys].filter((one) => one !== (one | 0))).toEqual([])
  })
})
