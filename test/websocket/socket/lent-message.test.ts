import { expect, test } from 'vitest'
import { BINARY, TEXT } from '../../../src/protocol/frame/opcodes.ts'
import { isWorthHolding } from '../../../src/websocket/socket/lent-message.ts'

test('bytes are worth holding as they come, and text whose first frame is large', () => {
  expect(isWorthHolding(BINARY, 0)).toBe(true)
  expect(isWorthHolding(TEXT, 131_071)).toBe(false)
  expect(isWorthHolding(TEXT, 131_072)).toBe(true)
})
