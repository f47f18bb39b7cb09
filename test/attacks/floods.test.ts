import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Websocket } from '../../src/websocket/websocket.ts'
import { Besieged } from '../support/besieged.ts'
import { clientFrames } from '../support/raw-client.ts'

const thousand = (opcode: number, payload: string): Buffer =>
  clientFrames(...Array.from({ length: 1000 }, () => ({ opcode, payload })))

describe('a flood of Pings', () => {
  it('is answered, up to the newest, when the peer reads', async () => {
    await using server = await Besieged.start()
    const peer = await server.peer()
    for (let i = 0; i < 20; i++) peer.write(thousand(9, 'p'))
    peer.send({ opcode: 9, payload: 'newest' })
    let count = 0
    for (let pong = ''; pong !== '10 newest'; count++) {
      pong = await peer.shown()
      expect(pong).toMatch(/^10 (?:p|newest)$/)
    }
    // Of what one chunk brings, 64 and the last one (RFC 6455, section 5.5.3).
    expect(count).toBeGreaterThan(64)
    expect(count).toBeLessThanOrEqual(20_001)
    expect(server.lines).toEqual([])
  })

  it('leaves 64 Pongs and the newest waiting when the peer does not', async () => {
    await using server = await Besieged.start()
    const { peer, socket } = await server.unread()
    await fill(socket)
    const before = socket.bufferedAmount
    for (let i = 0; i < 20; i++) peer.write(thousand(9, 'x'.repeat(125)))
    peer.write(clientFrames({ opcode: 1, payload: 'all sent' }))
    await messageOf(socket)
    expect(socket.bufferedAmount - before).toBeLessThanOrEqual(65 * 127 + 10)
    expect(await server.serves()).toBe(true)
    expect(server.lines).toEqual([])
  })
})

describe('a flood of Pongs', () => {
  it('is read and forgotten', async () => {
    await using server = await Besieged.start()
    const peer = await server.peer()
    for (let i = 0; i < 20; i++) peer.write(thousand(10, 'x'.repeat(125)))
    peer.send({ opcode: 1, payload: 'after' })
    expect(await peer.shown()).toBe('1 after')
    expect(server.lines).toEqual([])
  })

  it('cannot stand in for the Pong a heartbeat waits for', async () => {
    await using server = await Besieged.start({
      webSockets: { pingInterval: 20, pongTimeout: 60 },
    })
    const peer = await server.peer()
    const flood = setInterval(() => peer.write(thousand(10, 'not the one')), 10)
    try {
      expect((await server.ended(1))[0]?.code).toBe(1011)
    } finally {
      clearInterval(flood)
    }
    expect(server.lines).toEqual([])
  })
})

describe('a flood of messages', () => {
  it('stops where listeners work slowly, and goes on when they are done', async () => {
    let pending = 0
    let most = 0
    const finish: (() => void)[] = []
    await using server = await Besieged.start({}, (socket) => {
      socket.onMessage(() => {
        most = Math.max(most, ++pending)
        return new Promise<void>((resolve) => {
          finish.push(() => {
            pending--
            resolve()
          })
        })
      })
    })
    const peer = await server.peer()
    const sent = 20_000
    for (let i = 0; i < sent; i += 1000) peer.write(thousand(1, 'x'))
    let done = 0
    while (done < sent) {
      const batch = finish.splice(0)
      done += batch.length
      for (const each of batch) each()
      await turn()
    }
    // The mark of 256 messages, and the one that crossed it.
    expect(most).toBe(257)
    expect(server.lines).toEqual([])
  })

  it('is dropped where nobody listens, and told once', async () => {
    await using server = await Besieged.start({}, () => {})
    const peer = await server.peer()
    for (let i = 0; i < 20; i++) peer.write(thousand(1, 'x'))
    peer.send({ opcode: 9, payload: 'all sent' })
    expect(await peer.shown()).toBe('10 all sent')
    expect(server.lines).toEqual([expect.stringContaining('messages were dropped')])
  })
})

/** Sends until the system takes no more for a peer that does not read. */
async function fill(socket: Websocket): Promise<void> {
  const block = new Uint8Array(256 * 1024)
  for (let stuck = 0; stuck < 3; ) {
    const before = socket.bufferedAmount
    socket.send(block)
    await turn()
    stuck = before > 0 && socket.bufferedAmount > before ? stuck + 1 : 0
  }
}

function messageOf(socket: Websocket): Promise<unknown> {
  return new Promise((resolve) => socket.onMessage(resolve))
}
