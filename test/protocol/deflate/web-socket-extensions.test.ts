import { expect, test } from 'vitest'
import { WebSocketExtensions } from '../../../src/protocol/deflate/web-socket-extensions.ts'
import { checkExtensionConflicts } from '../../../src/protocol/handshake/negotiation.ts'

test('deflate is perMessageDeflate without a threshold', () => {
  const { deflate, perMessageDeflate } = WebSocketExtensions
  expect(perMessageDeflate({ level: 2 }).config).toMatchObject({
    level: 2,
    compressIfBiggerThan: 1024,
  })
  expect(deflate({ level: 2 }).config).toMatchObject({ level: 2, compressIfBiggerThan: -1 })
})

test('deflate and perMessageDeflate cannot be configured together', () => {
  const { deflate, perMessageDeflate } = WebSocketExtensions
  expect(() => checkExtensionConflicts([deflate(), perMessageDeflate()])).toThrow(TypeError)
})
