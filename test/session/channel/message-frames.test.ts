import { expect, test } from 'vitest'
import { frameOfMessage, messageOfFrame } from '../../../src/session/channel/message-frames.ts'
import { WsMessage } from '../../../src/websocket/ws-message.ts'

test.each([WsMessage.text('grüße'), WsMessage.binary(Uint8Array.of(7))])(
  'what a session received and sends on is the message as it came: $mode',
  (message) => {
    const frame = frameOfMessage(message)
    expect([frame.type, frame.data]).toEqual([message.mode, message.bytes()])
    expect(messageOfFrame(frame)).toBe(message)
  },
)
