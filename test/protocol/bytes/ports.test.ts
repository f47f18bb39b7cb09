import { constants } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nodePorts } from '../../../src/node/stream/ports.ts'
import { portablePorts } from '../../../src/protocol/bytes/ports.ts'
import { anyString } from '../../support/header-arbitraries.ts'
import { bytes, hex } from '../../support/hex.ts'
import { almostUtf8, isUtf8Oracle } from '../../support/utf8-oracle.ts'

describe('the portable ports', () => {
  it('tell UTF-8 from anything else, as TextDecoder does', () => {
    fc.assert(
      fc.property(almostUtf8, (content) => {
        expect(portablePorts.isUtf8(content)).toBe(isUtf8Oracle(content))
      }),
    )
  })

  it('find one bad octet at any place of a long run', () => {
    const long = new Uint8Array(200).fill(0x61)
    expect(portablePorts.isUtf8(long)).toBe(true)
    for (let i = 0; i < long.length; i++) {
      long[i] = 0x80
      expect(portablePorts.isUtf8(long), `octet ${i}`).toBe(false)
      long[i] = 0x61
    }
  })

  it('decode a part of a buffer, a byte order mark kept', () => {
    const content = bytes('ff efbbbf c3a9 ff')
    expect(portablePorts.decodeText(content, 1, 6, false)).toBe('\ufeffé')
    expect(portablePorts.decodeText(bytes('61 62 63'), 1, 3, true)).toBe('bc')
  })

  it('know how long a text may be that V8 can decode', () => {
    expect(portablePorts.longestText).toBe(constants.MAX_STRING_LENGTH)
    expect(nodePorts.longestText).toBe(constants.MAX_STRING_LENGTH)
  })

  it('write text where they are told, and as long as they said', () => {
    fc.assert(
      fc.property(anyString, fc.nat(5), (text, offset) => {
        const expected = new TextEncoder().encode(text)
        const target = new Uint8Array(offset + expected.length + 3)
        const length = portablePorts.textLength(text)
        expect(length).toBe(expected.length)
        expect(portablePorts.writeText(text, target, offset, length)).toBe(length)
        expect(hex(target.subarray(offset, offset + length))).toBe(hex(expected))
      }),
    )
  })
})
