import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { type ConnectOptions, openSocket } from '../../src/node/index.ts'
import type { CloseRecord } from '../../src/protocol/close/close-record.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import { bytes } from '../support/hex.ts'
import { type RawConnection, rawServer } from '../support/raw-server.ts'

const CLOSE = 0x8
const TEXT = 0x1

/** How a connection ends of which the server writes every byte. */
async function ending(
  talk: (connection: RawConnection) => unknown,
  act: (socket: FrameSocket) => unknown = () => {},
  options: ConnectOptions = {},
): Promise<CloseRecord> {
  let gone: Promise<unknown> = Promise.resolve()
  await using server = await rawServer((connection) => {
    gone = connection.gone
    return talk(connection)
  })
  const { socket } = await openSocket(server.url, options)
  const closed = new Promise((resolve) => socket.onClose(resolve))
  await act(socket)
  await closed
  // Nothing is left behind, whatever the server does.
  await gone
  return socket.link.closeRecord!
}

const NORMAL = bytes('03 e8')

describe('a connection of our client', () => {
  test('that came with frames in the packet of the handshake has them', async () => {
    const texts: string[] = []
    const record = await ending(
      ({ upgrade, accept, socket }) => {
        upgrade(
          [`Sec-WebSocket-Accept: ${accept}`],
          { opcode: TEXT, payload: 'a' },
          { opcode: CLOSE, payload: NORMAL },
        )
        socket.once('data', () => socket.end())
      },
      (socket) => socket.onMessage((message) => texts.push(message.text())),
    )
    expect(texts).toEqual(['a'])
    expect(record).toMatchObject({ initiator: 'remote', clean: true, reason: { code: 1000 } })
  })

  test('is lost when the server goes without a word', async () => {
    const record = await ending((connection) => {
      connection.upgrade()
      connection.socket.end()
    })
    expect(record).toMatchObject({
      initiator: 'transport',
      clean: false,
      reason: { code: 1006 },
      cause: { message: 'the peer closed the transport without a close handshake' },
    })
  })

  test('is lost when the server resets it in the middle of a frame', async () => {
    const record = await ending(({ upgrade, socket }) => {
      upgrade()
      socket.write(bytes('81 05 61'), () => socket.resetAndDestroy())
    })
    expect(record).toMatchObject({ initiator: 'transport', clean: false, reason: { code: 1006 } })
  })

  test('waits only so long for the answer to its Close', async () => {
    const record = await ending(
      (connection) => connection.upgrade(),
      (socket) => socket.close(),
      { closeTimeout: 20 },
    )
    expect(record).toMatchObject({
      initiator: 'local',
      clean: false,
      local: { code: 1000 },
      remote: undefined,
      cause: { message: 'the peer did not finish the close handshake within 20 ms' },
    })
  })

  test('waits only so long for the server to end the transport after the handshake', async () => {
    const record = await ending(
      ({ upgrade, socket, frame }) => {
        upgrade()
        socket.once('data', () => frame({ opcode: CLOSE, payload: NORMAL }))
      },
      (socket) => socket.close(),
      { closeTimeout: 20 },
    )
    expect(record).toMatchObject({ initiator: 'local', clean: true, cause: undefined })
  })

  test('still takes the messages that come before the answer to its Close', async () => {
    const texts: string[] = []
    await ending(
      ({ upgrade, socket, frame }) => {
        upgrade()
        socket.once('data', () => {
          frame({ opcode: TEXT, payload: 'late' })
          frame({ opcode: CLOSE, payload: NORMAL })
          frame({ opcode: TEXT, payload: 'too late' })
          socket.end()
        })
      },
      (socket) => {
        socket.onMessage((message) => texts.push(message.text()))
        socket.close()
      },
    )
    expect(texts).toEqual(['late'])
  })

  test('answers an empty Close with an empty one', async () => {
    const record = await ending(async ({ upgrade, socket, frame }) => {
      upgrade()
      frame({ opcode: CLOSE })
      const [chunk] = await once(socket, 'data')
      expect([...chunk.subarray(0, 2)]).toEqual([0x88, 0x80])
      socket.end()
    })
    expect(record).toMatchObject({ reason: { code: 1005 }, clean: true })
  })

  test.each([
    ['a masked frame', '81 81 00 00 00 00 61', 1002],
    ['a reserved opcode', '83 00', 1002],
    ['a reserved bit', 'c1 00', 1002],
    ['a continuation of nothing', '80 00', 1002],
    ['text that is not UTF-8', '81 01 ff', 1007],
    ['a Close of one byte', '88 01 03', 1002],
    ['a Close with a code that cannot travel', '88 02 03 ed', 1002],
  ])('closes for %s', async (_, digits, code) => {
    const record = await ending(({ upgrade, socket }) => {
      upgrade()
      socket.write(bytes(digits))
      socket.once('data', () => socket.end())
    })
    expect(record).toMatchObject({ initiator: 'local', local: { code }, clean: false })
    expect(record.cause).toMatchObject({ code: 'ERR_WEBSOCKET_PROTOCOL' })
  })
})
