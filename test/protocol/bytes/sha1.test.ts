import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha1 } from '../../../src/protocol/bytes/sha1.ts'

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function reference(bytes: Uint8Array): string {
  return createHash('sha1').update(bytes).digest('hex')
}

describe('sha1', () => {
  it('has the digests of FIPS 180', () => {
    expect(hex(sha1(Buffer.from('')))).toBe('da39a3ee5e6b4b0d3255bfef95601890afd80709')
    expect(hex(sha1(Buffer.from('abc')))).toBe('a9993e364706816aba3e25717850c26c9cd0d89d')
    expect(hex(sha1(Buffer.from('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq')))).toBe(
      '84983e441c3bd26ebaae4aa1f95129e5e54670f1',
    )
  })

  it('agrees with OpenSSL at every length around the padding of three blocks', () => {
    for (let length = 0; length <= 200; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 0xff)
      expect(hex(sha1(bytes)), `${length} bytes`).toBe(reference(bytes))
    }
  })

  it('agrees with OpenSSL on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1000 }), (bytes) => {
        expect(hex(sha1(bytes))).toBe(reference(bytes))
      }),
    )
  })

  it('leaves the message as it was', () => {
    const bytes = Uint8Array.of(1, 2, 3)
    sha1(bytes)
    expect(bytes).toEqual(Uint8Array.of(1, 2, 3))
  })
})
