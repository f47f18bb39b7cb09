import { describe, expect, it } from 'vitest'
import { copyBytes, writeBytes } from '../../../src/protocol/bytes/bytes.ts'
import { bytes, joined } from '../../support/hex.ts'

describe('writeBytes', () => {
  it.each([0, 3, 100])('writes %i bytes where they belong, and none beside them', (count) => {
    const source = Uint8Array.from({ length: count + 4 }, (_, i) => i + 1)
    const target = new Uint8Array(count + 5)
    writeBytes(target, 3, source, 2, 2 + count)
    expect(target).toEqual(joined(bytes('00 00 00'), source.slice(2, 2 + count), bytes('00 00')))
  })
})

describe('copyBytes', () => {
  it('copies all, or a part', () => {
    const source = bytes('01 02 03 04')
    const copies = [copyBytes(source), copyBytes(source, 1), copyBytes(source, 1, 3)]
    expect(copies).toEqual([bytes('01 02 03 04'), bytes('02 03 04'), bytes('02 03')])
    source.fill(0)
    expect(copies[0]).toEqual(bytes('01 02 03 04'))
  })

  it('makes a buffer of exactly the size, of a view and of a pooled Buffer too', () => {
    const view = new Uint8Array(100).subarray(10, 20)
    expect(copyBytes(view, 2, 5).buffer.byteLength).toBe(3)
    const pooled = Buffer.from('abc')
    const copy = copyBytes(pooled)
    expect(copy.constructor).toBe(Uint8Array)
    expect(copy.buffer.byteLength).toBe(3)
    pooled.fill(0)
    expect(copy).toEqual(bytes('61 62 63'))
  })
})
