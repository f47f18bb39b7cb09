import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { acceptKey, isValidKey, newKey } from '../../../src/protocol/handshake/accept-key.ts'
import { anyString } from '../../support/header-arbitraries.ts'

describe('acceptKey', () => {
  it('answers the key of RFC 6455, section 1.3', () => {
    expect(acceptKey('dGhlIHNhbXBsZSBub25jZQ==')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
  })

  it('answers any key as OpenSSL would', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (nonce) => {
        const key = Buffer.from(nonce).toString('base64')
        expect(acceptKey(key)).toBe(
          createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64'),
        )
      }),
    )
  })
})

describe('isValidKey', () => {
  it('takes 16 bytes in base64, and no other number of bytes', () => {
    for (let length = 0; length <= 64; length++) {
      const key = Buffer.alloc(length, 0xfb).toString('base64')
      expect(isValidKey(key), `${length} bytes`).toBe(length === 16)
    }
  })

  it('takes the example of RFC 6455, section 4.1, whose last bits are not zero', () => {
    expect(isValidKey('AQIDBAUGBwgJCgsMDQ4PEC==')).toBe(true)
  })

  it.each([
    ['dGhlIHNhbXBsZSBub25jZQ', 'has no padding'],
    ['dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==', 'is there twice'],
    [' dGhlIHNhbXBsZSBub25jZQ==', 'has a space in front'],
    ['dGhlIHNhbXBsZSBub25j-_==', 'is in the URL alphabet'],
    ['', 'is empty'],
  ])('refuses %j, which %s', (key) => {
    expect(isValidKey(key)).toBe(false)
  })

  it('never throws', () => {
    fc.assert(fc.property(anyString, (key) => isValidKey(key) === false))
  })
})

describe('newKey', () => {
  it('is valid, and another one each time', () => {
    const keys = Array.from({ length: 100 }, newKey)
    expect(keys.every(isValidKey)).toBe(true)
    expect(new Set(keys).size).toBe(100)
  })
})
