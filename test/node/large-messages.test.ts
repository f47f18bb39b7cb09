import { describe, expect, test } from 'vitest'
import { connect } from '../../src/node/client/connect.ts'
import { node } from '../../src/node/engine.ts'
import { deflate } from '../../src/protocol/deflate/permessage-deflate.ts'
import { bind } from '../../src/routing/bind.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { serve } from '../../src/serving/engine.ts'
import type { Websocket } from '../../src/websocket/websocket.ts'
import type { WsHandler } from '../../src/websocket/ws-handler.ts'
import { WsMessage } from '../../src/websocket/ws-message.ts'

const HEARERS = 3

/** Everybody hears what anybody says, each socket told as it was said, its bytes or its text. */
function room(): WsHandler {
  const sockets = new Set<Websocket>()
  const heard: ((message: WsMessage) => WsMessage | string | Uint8Array)[] = [
    (message) => message,
    (message) => message.text(),
    (message) => message.bytes(),
  ]
  return websockets(
    bind('/', () => (socket) => {
      sockets.add(socket)
      socket.onMessage((message) => {
        for (const hear of heard) for (const each of sockets) each.send(hear(message))
      })
    }),
  )
}

const MIB = 1_048_576
const TEXTS = [
  ['ASCII', 'all in one octet '],
  ['other text', 'naïve 😀 '],
] as const
const SIZES = [65_536, 262_144, 300_000, MIB, 3 * MIB + 1]

describe('large messages', () => {
  test.each(TEXTS)(
    'of %s reach peers with and without compression, however the server looked at them',
    async (_, sample) => {
      const largest = 4 * MIB
      const extensions = [deflate()]
      await using server = await serve(
        room(),
        node({ webSockets: { maxMessageSize: largest, extensions } }),
      )
      await using plain = connect(server.url)
      await using packed = connect(server.url, { extensions })
      await Promise.all([plain.opened, packed.opened])
      const [atPlain, atPacked] = [plain.received(), packed.received()].map((received) =>
        received[Symbol.asyncIterator](),
      )
      for (const size of SIZES) {
        const text = sample.repeat(Math.ceil(size / Buffer.byteLength(sample)))
        for (const message of [WsMessage.text(text), WsMessage.binary(Buffer.from(text))]) {
          plain.send(message)
          for (let i = 0; i < HEARERS; i++) {
            for (const peer of [atPlain!, atPacked!]) {
              const { value } = await peer.next()
              expect(value!.text() === text).toBe(true)
            }
          }
        }
      }
    },
    20_000,
  )
})
