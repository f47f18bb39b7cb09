import { constants, deflateRawSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { node, openSocket } from '../../src/node/index.ts'
import type { CloseRecord } from '../../src/protocol/close/close-record.ts'
import { WebSocketExtensions } from '../../src/protocol/deflate/web-socket-extensions.ts'
import { serve } from '../../src/serving/engine.ts'
import { FrameTooBigException } from '../../src/websocket/errors.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import { bytes } from '../support/hex.ts'
import { handshake, RawClient } from '../support/raw-client.ts'
import { rawServer } from '../support/raw-server.ts'
import { decodeWire, type WireFrame } from '../support/wire.ts'

const MIB = 1024 * 1024
const RSV1 = 4

/** As RFC 7692, section 7.2.1, sends it. */
function deflated(content: string | Uint8Array): Uint8Array {
  const options = { finishFlush: constants.Z_SYNC_FLUSH }
  return Uint8Array.from(deflateRawSync(content, options)).slice(0, -4)
}

/** 32 MiB in 32 KiB. */
const bomb = deflated(new Uint8Array(32 * MIB))
const options = {
  extensions: [WebSocketExtensions.deflate({ serverNoContextTakeover: false })],
  maxMessageSize: MIB,
} as const

interface End {
  readonly record: CloseRecord
  /** What the other end was told, read off the wire. */
  readonly told: string
}

/** Our server, with a client of bytes. */
async function serverEnd(frames: readonly WireFrame[]): Promise<End> {
  const sockets: FrameSocket[] = []
  const server = await serve(
    () => (socket: FrameSocket) => {
      sockets.push(socket)
      socket.onMessage(() => {})
      socket.onError(() => {})
    },
    node({ webSockets: options }),
  )
  onTestFinished(() => server.stop({ drain: 0 }))
  await using client = await RawClient.open(server.port)
  client.write(handshake('/', { 'Sec-WebSocket-Extensions': 'permessage-deflate' }))
  await client.head()
  client.send(...frames)
  const told = await client.shown()
  return { record: sockets[0]!.link.closeRecord!, told }
}

/** Our client, with a server of bytes. */
async function clientEnd(frames: readonly WireFrame[]): Promise<End> {
  let told = Promise.resolve('')
  await using server = await rawServer(({ socket, accept, upgrade }) => {
    told = new RawClient(socket).rest().then(closeOf)
    const extension = 'Sec-WebSocket-Extensions: permessage-deflate'
    upgrade([`Sec-WebSocket-Accept: ${accept}`, extension], ...frames)
  })
  const { socket } = await openSocket(server.url, options, ({ socket: opened }) => {
    opened.onMessage(() => {})
    opened.onError(() => {})
  })
  if (socket.state !== 'closed') await new Promise((resolve) => socket.onClose(resolve))
  return { record: socket.link.closeRecord!, told: await told }
}

/** The one frame of our client. */
function closeOf(wire: string): string {
  const [frame] = decodeWire(Buffer.from(wire, 'latin1'))
  const { opcode, payload } = frame!
  return opcode === 8 ? `close ${(payload[0]! << 8) | payload[1]!} ` : `opcode ${opcode}`
}

describe.each([
  ['server', serverEnd],
  ['client', clientEnd],
])('our %s, sent compressed', (_, endOf) => {
  test.each<[string, number, readonly WireFrame[]]>([
    ['a bomb', 1009, [{ opcode: 2, rsv: RSV1, payload: bomb }]],
    [
      'a bomb in fragments',
      1009,
      [
        { fin: false, opcode: 2, rsv: RSV1, payload: bomb.subarray(0, 100) },
        { opcode: 0, payload: bomb.subarray(100) },
      ],
    ],
    ['a block that cannot be', 1007, [{ opcode: 2, rsv: RSV1, payload: bytes('ff ff ff') }]],
    [
      '"Hello", cut short',
      1007,
      [{ opcode: 1, rsv: RSV1, payload: deflated('Hello').subarray(0, 4) }],
    ],
    [
      'a reference to before the first message',
      1007,
      // 01: fixed codes; a length of 3, a distance of 1; the end of the block; an empty block.
      [{ opcode: 2, rsv: RSV1, payload: bytes('02 02 00') }],
    ],
    [
      'text that is not UTF-8',
      1007,
      [{ opcode: 1, rsv: RSV1, payload: deflated(bytes('48 ff 49')) }],
    ],
    [
      'more final blocks than any message needs',
      1008,
      [{ opcode: 2, rsv: RSV1, payload: bytes('03 00'.repeat(2_000)) }],
    ],
    [
      'the bit RSV1 on a later fragment',
      1002,
      [
        { fin: false, opcode: 1, rsv: RSV1, payload: deflated('Hello') },
        { opcode: 0, rsv: RSV1 },
      ],
    ],
    ['the bit RSV1 on a Ping', 1002, [{ opcode: 9, rsv: RSV1 }]],
  ])('%s, closes with %i', async (_name, code, frames) => {
    const { record, told } = await endOf(frames)
    expect(told).toMatch(new RegExp(`^close ${code} `))
    expect(record).toMatchObject({ clean: false, initiator: 'local', local: { code } })
    expect(record.cause).toMatchObject({ reason: { code } })
  })

  test('a bomb, says that it was too big, and how far it was inflated', async () => {
    const { record } = await endOf([{ opcode: 2, rsv: RSV1, payload: bomb }])
    expect(record.cause).toBeInstanceOf(FrameTooBigException)
    expect(record.cause).toMatchObject({ frameSize: MIB + 1 })
  })
})
