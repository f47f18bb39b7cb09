import { expect, it } from 'vitest'
import { acceptKey } from '../../../src/node/upgrade/accept-key.ts'
import { acceptKey as portable } from '../../../src/protocol/handshake/accept-key.ts'

it('answers a key as the portable one does', () => {
  const key = 'dGhlIHNhbXBsZSBub25jZQ=='
  expect(acceptKey(key)).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
  expect(acceptKey(key)).toBe(portable(key))
})
