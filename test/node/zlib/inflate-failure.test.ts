import { expect, test } from 'vitest'
import { inflateFailure } from '../../../src/node/zlib/inflate-failure.ts'

function coded(code: string): Error {
  return Object.assign(new Error('what zlib said'), { code })
}

test.each([
  ['ERR_BUFFER_TOO_LARGE', 1009, 'a message that inflates to more than 7 bytes'],
  ['Z_DATA_ERROR', 1007, 'compressed data that is corrupt: what zlib said'],
  ['Z_BUF_ERROR', 1007, 'compressed data that is corrupt: what zlib said'],
])("zlib's %s closes with %i", (code, closeCode, message) => {
  expect(inflateFailure(coded(code), 7)).toMatchObject({
    name: 'ExtensionFailure',
    code: closeCode,
    message,
  })
})

test('a message that is too big says how big it may have become, one that is corrupt what zlib threw', () => {
  const thrown = coded('Z_DATA_ERROR')
  expect(inflateFailure(coded('ERR_BUFFER_TOO_LARGE'), 7)).toMatchObject({ size: 8 })
  expect(inflateFailure(thrown, 7)).toMatchObject({ cause: thrown })
})

test.each([coded('Z_MEM_ERROR'), new TypeError('closed'), 'not even an error'])(
  'what the peer is not to blame for stays as it is: %s',
  (error) => {
    expect(inflateFailure(error, 7)).toBe(error)
  },
)
