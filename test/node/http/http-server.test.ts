import { expect, test } from 'vitest'
import { httpSettings } from '../../../src/node/http/http-server.ts'

test.each([
  [1, 50],
  [301, 151],
  [10_000, 1_000],
])('heads that may take %i ms are looked at every %i ms', (handshakeTimeout, checkingInterval) => {
  expect(httpSettings({ handshakeTimeout })).toMatchObject({ handshakeTimeout, checkingInterval })
})

test.each([[{}], [{ cret: 'a' }], [[]], [null], ['a']])('TLS needs an identity, not %o', (tls) => {
  expect(() => httpSettings({ tls: tls as object })).toThrow(
    new TypeError('the option tls needs cert and key, pfx, SNICallback or pskCallback'),
  )
})
