import { describe, expect, it } from 'vitest'
import {
  encodeFrame,
  frameHeaderSize,
  writeFrameHeader,
} from '../../../src/protocol/frame/frame-header.ts'
import { bytes, hex } from '../../support/hex.ts'

describe('a header', () => {
  it.each([
    [0, undefined, '81 00'],
    [5, undefined, '81 05'],
    [125, undefined, '81 7d'],
    [126, undefined, '81 7e 007e'],
    [0xc123, undefined, '81 7e c123'],
    [0xffff, undefined, '81 7e ffff'],
    [0x1_0000, undefined, '81 7f 0000000000010000'],
    [0xffff_ffff, undefined, '81 7f 00000000ffffffff'],
    [0x1_0000_0000, undefined, '81 7f 0000000100000000'],
    [Number.MAX_SAFE_INTEGER, undefined, '81 7f 001fffffffffffff'],
    [5, 0x3d21_fa37, '81 85 37fa213d'],
    [126, -1, '81 fe 007e ffffffff'],
    [0x1_0000, 0, '81 ff 0000000000010000 00000000'],
  ])('for %i octets with key %j is %s', (length, key, expected) => {
    const target = new Uint8Array(20)
    const end = writeFrameHeader(target, 3, 0x81, length, key)
    expect(hex(target.subarray(3, end))).toBe(hex(expected))
    expect(end - 3).toBe(frameHeaderSize(length, key !== undefined))
    expect(hex(target.subarray(0, 3)) + hex(target.subarray(end))).toMatch(/^0*$/)
  })
})

describe('encodeFrame', () => {
  it('makes a final, unmasked frame of exactly its size', () => {
    const frame = encodeFrame(1, bytes('48 65 6c 6c 6f'))
    expect(hex(frame)).toBe(hex('81 05 48656c6c6f'))
    expect(frame.buffer.byteLength).toBe(7)
    expect(hex(encodeFrame(2, new Uint8Array(200)).subarray(0, 5))).toBe(hex('82 7e 00c8 00'))
  })
})
