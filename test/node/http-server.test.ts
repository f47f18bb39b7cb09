import { expect, test } from 'vitest'
import { httpSettings } from '../../src/node/http-server.ts'

test.each([
  [1, 50],
  [301, 151],
  [10_000, 1_000],
])('heads that may take %i ms are looked at every %i ms', (handshakeTimeout, checkingInterval) => {
  expect(httpSettings({ handshakeTimeout })).toMatchObject({ handshakeTimeout, checkingInterval })
})
