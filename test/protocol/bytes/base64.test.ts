import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBase64, encodeBase64 } from '../../../src/protocol/bytes/base64.ts'

describe('encodeBase64', () => {
  it('has the texts of RFC 4648, section 10', () => {
    const texts = ['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar']
    expect(texts.map((text) => encodeBase64(Buffer.from(text)))).toEqual([
      '',
      'Zg==',
      'Zm8=',
      'Zm9v',
      'Zm9vYg==',
      'Zm9vYmE=',
      'Zm9vYmFy',
    ])
  })

  it('writes any bytes as the platform does', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
        expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes)
      }),
    )
  })
  it('takes little more memory than the text does', () => {
    const bytes = new Uint8Array(1 << 20)
    const before = process.memoryUsage().heapUsed
    const text = encodeBase64(bytes)
    expect((process.memoryUsage().heapUsed - before) / text.length).toBeLessThan(8)
  })
})
