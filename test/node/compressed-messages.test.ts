import { describe, expect, test } from 'vitest'
import { nodePorts, serverPorts } from '../../src/node/stream/ports.ts'
import { createNodeZlib } from '../../src/node/zlib/zlib-port.ts'
import type { ZlibPort } from '../../src/protocol/bytes/zlib-port.ts'
import { deflate } from '../../src/protocol/deflate/permessage-deflate.ts'
import type { WebSocketExtension } from '../../src/protocol/extension/extension.ts'
import { SERVER_LIMITS } from '../../src/protocol/frame/limits.ts'
import { testWsClient } from '../../src/testing/index.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import type { WsHandler } from '../../src/websocket/ws-handler.ts'
import { WsMessage } from '../../src/websocket/ws-message.ts'
import { rig } from '../support/socket-rig.ts'
import { type DecodedFrame, encodeWire } from '../support/wire.ts'
import { sampleBytes } from '../support/zlib-samples.ts'

const PORTS = [
  ['native handles', createNodeZlib({ fast: true })],
  ['public functions', createNodeZlib({ fast: false })],
] as const

/** What fits into the memory that is lent and what does not, what V8 has on its heap and what is held as a string. */
const SIZES = [1, 40, 1000, 30_000, 65_535, 65_536, 65_537, 200_000]

const OFFER = { name: 'permessage-deflate', parameters: [] }

function serverEnd(zlib: ZlibPort): WebSocketExtension {
  const context = { role: 'server', limits: SERVER_LIMITS, zlib } as const
  return deflate().negotiate([OFFER], context)!.extension
}

function peer(zlib: ZlibPort) {
  const options = { windowBits: 15, level: -1, memLevel: 8, contextTakeover: false }
  return { deflater: zlib.deflater(options), inflater: zlib.inflater(options) }
}

const textOf = (size: number): string => 'voice é '.repeat(size).slice(0, size)

describe.each(PORTS)('compressed messages, by %s', (_, zlib) => {
  test.each([
    ['held', serverPorts],
    ['copied', nodePorts],
  ])('are %s while the listener sends others, and keep what they said', (_, ports) => {
    const kept: WsMessage[] = []
    const extensions = [serverEnd(zlib)]
    const { socket, peer: wire } = rig({ extensions, reserved: 0x40, ports }, (opened) => {
      opened.onMessage((message) => {
        kept.push(message)
        opened.send('another '.repeat(100))
        opened.send(sampleBytes(500, 99))
        opened.send(message)
      })
    })
    const { deflater, inflater } = peer(nodePorts.zlib!)
    for (const size of SIZES) {
      for (const [opcode, content] of [
        [2, sampleBytes(size, size)],
        [1, new TextEncoder().encode(textOf(size))],
      ] as const) {
        const key = Uint8Array.of(1, 2, 3, 4)
        wire.send(encodeWire({ opcode, rsv: 4, payload: deflater.deflate(content), key }))
        const came = wire
          .frames()
          .map(({ rsv, payload }) => (rsv === 0 ? payload : inflater.inflate(payload, 1_000_000)))
        expect(came.map((each) => each.length)).toEqual([800, 500, content.length])
        expect(Buffer.compare(came[2]!, content)).toBe(0)
      }
    }
    expect(socket.state).toBe('open')
    for (const [i, size] of SIZES.entries()) {
      expect(Buffer.compare(kept[2 * i]!.bytes(), sampleBytes(size, size))).toBe(0)
      expect(kept[2 * i + 1]!.text()).toBe(textOf(size))
    }
  })

  test('reach each of many peers as they were sent, whatever each has agreed on', () => {
    const wires = [15, 15, 9, 15, 9, 9].map((windowBits) => {
      const config = { serverMaxWindowBits: windowBits }
      const context = { role: 'server', limits: SERVER_LIMITS, zlib } as const
      const extensions = [deflate(config).negotiate([OFFER], context)!.extension]
      return rig({ extensions, reserved: 0x40, ports: serverPorts })
    })
    const { inflater } = peer(nodePorts.zlib!)
    for (const size of SIZES) {
      for (const message of [
        WsMessage.text(textOf(size)),
        WsMessage.binary(sampleBytes(size, size)),
      ]) {
        for (const { socket } of wires) socket.send(message)
        for (const { peer: wire } of wires) {
          const [{ rsv, payload }] = wire.frames() as [DecodedFrame]
          const came = rsv === 0 ? payload : inflater.inflate(payload, 1_000_000)
          expect(Buffer.compare(came, message.bytes())).toBe(0)
        }
      }
    }
  })

  test('arrive as they were sent where both ends are in one process, and answer within each other', () => {
    const extensions = [deflate()]
    const heard: WsMessage[] = []
    const client = testWsClient(
      () => (socket) => {
        expect(socket.link.extensions.map(({ name }) => name)).toEqual([OFFER.name])
        socket.onMessage((message) => {
          heard.push(message)
          socket.send(message)
          socket.send(textOf(message.byteLength))
          socket.send(sampleBytes(300, 7))
        })
      },
      '/',
      { zlib, extensions, webSockets: { extensions } },
    )
    for (const size of SIZES) client.send(sampleBytes(size, size))
    const answers = [...client.received()]
    expect(answers.length).toBe(3 * SIZES.length)
    for (const [i, size] of SIZES.entries()) {
      for (const message of [heard[i]!, answers[3 * i]!]) {
        expect(Buffer.compare(message.bytes(), sampleBytes(size, size))).toBe(0)
      }
      expect(answers[3 * i + 1]!.text()).toBe(textOf(size))
      expect(answers[3 * i + 2]!.bytes()).toEqual(sampleBytes(300, 7))
    }
  })
})

test('a limit that is raised on the link holds for inflating, too, on that connection alone', () => {
  const options = { zlib: createNodeZlib({ fast: false }), extensions: [deflate()] }
  const webSockets = { extensions: [deflate()], maxMessageSize: 1000 }
  const heard: number[] = []
  const codes: number[] = []
  const app: WsHandler<FrameSocket> = (request) => (socket) => {
    if (request.path === '/more') socket.link.limits!.maxMessageSize = 2000
    socket.onMessage((message) => heard.push(message.byteLength))
    socket.onClose(({ code }) => codes.push(code))
  }
  for (const path of ['/more', '/']) {
    const client = testWsClient(app, path, { ...options, webSockets })
    client.send('a'.repeat(2000))
    client.terminate()
  }
  expect([heard, codes]).toEqual([[2000], [1006, 1009]])
})
