import { runInNewContext } from 'node:vm'
import { describe, expect, it, test } from 'vitest'
import { checkedBytes, checkedContent, isUint8Array } from '../../../src/protocol/bytes/content.ts'
import { BinaryFrame, PingFrame, TextFrame } from '../../../src/protocol/frame/frame.ts'
import { webSocket } from '../../../src/routing/session-routes.ts'
import { websockets } from '../../../src/routing/ws-router.ts'
import { testSessionClient } from '../../../src/testing/offline/test-session-client.ts'
import { testWsClient } from '../../../src/testing/offline/test-ws-client.ts'
import { WsMessage } from '../../../src/websocket/ws-message.ts'
import { held } from '../../support/held.ts'
import { bytes } from '../../support/hex.ts'
import { Machine } from '../../support/machine.ts'

/** As a test runner sees `Buffer` in a DOM: no `Uint8Array` of this realm, and with a `write` of its own. */
function foreign(): Uint8Array<ArrayBuffer> {
  return runInNewContext(
    'const B = class Buffer extends Uint8Array { write() {} }; new B([9, 1, 2, 3, 9]).subarray(1, 4)',
  )
}

const own = bytes('01 02 03')

/** As platforms have it now, and Node 20 did not. */
function withBytes(body: Blob | Response): unknown {
  return Object.assign(body, { bytes: async () => own })
}

describe('bytes of another realm', () => {
  it('are bytes', () => {
    expect(foreign()).not.toBeInstanceOf(Uint8Array)
    expect(isUint8Array(foreign())).toBe(true)
    expect(isUint8Array(own)).toBe(true)
  })

  it('are copied into an array of this one', () => {
    for (const copy of [checkedBytes(foreign()), checkedContent(foreign())]) {
      expect(copy).toStrictEqual(own)
    }
  })

  it('make messages and frames', () => {
    expect(WsMessage.binary(foreign()).bytes()).toStrictEqual(own)
    expect(new BinaryFrame(foreign()).data).toStrictEqual(own)
    expect(new TextFrame(foreign()).data).toStrictEqual(own)
    expect(new PingFrame(foreign()).data).toStrictEqual(own)
  })

  it('are sent', () => {
    const machine = new Machine()
    machine.connection.binary(foreign())
    expect(machine.sent()).toMatchObject([{ opcode: 2, payload: own }])
  })

  it('are echoed by a handler', async () => {
    await using client = testWsClient(() => (socket) => {
      socket.onMessage(() => socket.send(foreign()))
    })
    client.send(foreign())
    for await (const message of client.received()) {
      expect(message.bytes()).toStrictEqual(own)
      break
    }
  })
})

test('bytes and held bytes are passed on as they are', () => {
  const kept = held(own)
  expect(checkedBytes(own)).toBe(own)
  expect(checkedContent(own)).toBe(own)
  expect(checkedContent(kept)).toBe(kept)
})

test('bytes of this realm are bytes, whatever they call themselves', async () => {
  const packet = Object.defineProperty(bytes('01 02 03'), Symbol.toStringTag, { value: 'Packet' })
  expect(isUint8Array(packet)).toBe(true)
  const app = websockets(webSocket('/', (session) => session.send(packet)))
  const session = await testSessionClient(app).webSocketSession('ws://localhost/')
  expect((await session.incoming.receive()).data).toStrictEqual(own)
})

test.each([
  ['nothing', undefined],
  ['an array', [1, 2]],
  ['other numbers', new Uint16Array(2)],
  ['clamped octets', new Uint8ClampedArray(2)],
  ['a buffer', new ArrayBuffer(2)],
  ['a Blob', withBytes(new Blob(['ab']))],
  ['a Response', withBytes(new Response('ab'))],
  ['what calls itself bytes', { [Symbol.toStringTag]: 'Uint8Array', length: 2 }],
])('%s is no content', (_name, value) => {
  const given = value as unknown as Uint8Array
  expect(isUint8Array(given)).toBe(false)
  expect(() => checkedBytes(given)).toThrow(TypeError)
  expect(() => checkedContent(given)).toThrow(TypeError)
})
