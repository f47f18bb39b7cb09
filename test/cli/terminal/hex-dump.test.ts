import { describe, expect, test } from 'vitest'
import { hexDump } from '../../../src/cli/terminal/hex-dump.ts'
import { bytes } from '../../support/hex.ts'

describe('hexDump', () => {
  test('shows offset, bytes and ASCII, sixteen a line', () => {
    const content = bytes('00 01 02 68 65 6c 6c 6f 20 77 6f 72 6c 64 7e 7f ff')
    expect(hexDump(content)).toBe(
      [
        '00000000  00 01 02 68 65 6c 6c 6f  20 77 6f 72 6c 64 7e 7f  |...hello world~.|',
        '00000010  ff                                                |.|',
      ].join('\n'),
    )
  })

  test('keeps the columns of a line that is not full', () => {
    expect(hexDump(bytes('61 62 63 64 65 66 67 68 69'))).toBe(
      '00000000  61 62 63 64 65 66 67 68  69                       |abcdefghi|',
    )
  })

  test('of nothing is nothing', () => {
    expect(hexDump(new Uint8Array(0))).toBe('')
  })
})
