import { expect, it } from 'vitest'
import { checkSubprotocols } from '../../../src/protocol/handshake/subprotocol.ts'

it.each([[[]], [['chat.v1', 'Chat.v1', 'graphql-transport-ws']]])(
  'the subprotocols %j are tokens that differ, if only by case',
  (protocols) => {
    expect(() => checkSubprotocols(protocols)).not.toThrow()
  },
)

it.each([
  [['chat', ''], "'' cannot be a subprotocol"],
  [['chat, chat2'], "'chat, chat2' cannot be a subprotocol"],
  [['a\r\nb'], "'a\\u000d\\u000ab' cannot be a subprotocol"],
  [['chat', 'x', 'chat'], "the subprotocol 'chat' is given twice"],
])('the subprotocols %j are refused by name', (protocols, message) => {
  expect(() => checkSubprotocols(protocols)).toThrow(TypeError)
  expect(() => checkSubprotocols(protocols)).toThrow(message)
})
