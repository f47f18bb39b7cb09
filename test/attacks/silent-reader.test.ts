import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { DefaultWebSocketSessionImpl } from '../../src/session/default-session.ts'
import { topic } from '../../src/topics/topics.ts'
import type { Websocket } from '../../src/websocket/websocket.ts'
import { Besieged, type BesiegedOptions } from '../support/besieged.ts'

const MIB = 1024 * 1024
const BLOCK = new Uint8Array(64 * 1024)

/** A server, and its socket for a peer that reads nothing after the handshake. */
async function unread(options: BesiegedOptions): Promise<{ server: Besieged; socket: Websocket }> {
  const server = await Besieged.start(options)
  const { socket } = await server.unread()
  return { server, socket }
}

describe('a peer that never reads', () => {
  it('is closed with 1013 when too much waits for it, and that never grows beyond', async () => {
    const { server, socket } = await unread({ webSockets: { maxBufferedAmount: MIB } })
    await using besieged = server
    let most = 0
    while (socket.state === 'open') {
      socket.send(BLOCK)
      most = Math.max(most, socket.bufferedAmount)
      await turn()
    }
    expect(most).toBeLessThanOrEqual(MIB + BLOCK.length)
    expect((await server.ended(1))[0]?.code).toBe(1013)
    expect(await besieged.serves()).toBe(true)
    expect(server.lines).toEqual([])
  })

  it('makes `drained` wait, so that who waits sends no more', async () => {
    const { server, socket } = await unread({})
    await using besieged = server
    let sent = 0
    const sender = (async () => {
      while (socket.state === 'open') {
        if (!socket.send(BLOCK)) await socket.drained()
        sent++
      }
    })()
    for (let before = -1; before < sent; ) {
      before = sent
      for (let i = 0; i < 20; i++) await turn()
    }
    expect(socket.bufferedAmount).toBeLessThanOrEqual(65_536 + 2 * (BLOCK.length + 14))
    expect(await besieged.serves()).toBe(true)
    socket.terminate()
    await sender
    expect(server.lines).toEqual([])
  })

  it('gets no more when messages may be dropped', async () => {
    const options = { webSockets: { maxBufferedAmount: MIB, slowConsumer: 'drop' } } as const
    const { server, socket } = await unread(options)
    await using besieged = server
    let dropped = 0
    while (dropped < 100) {
      if (!socket.send(BLOCK) && socket.bufferedAmount > MIB - BLOCK.length) dropped++
      await turn()
    }
    expect(socket.state).toBe('open')
    expect(socket.bufferedAmount).toBeLessThanOrEqual(MIB + BLOCK.length)
    expect(besieged.lines).toEqual([])
  })

  it('gets no more of a topic once too much of that waits in its session, which is closed', async () => {
    const { server, socket } = await unread({ webSockets: { closeTimeout: 50 } })
    await using besieged = server
    const session = new DefaultWebSocketSessionImpl(socket, { closeTimeout: 50 })
    const news = topic()
    news.subscribe(session)
    let sent = 0
    while (news.publish(BLOCK) === 1) {
      sent += BLOCK.length
      await turn()
    }
    expect(sent).toBeLessThan(32 * MIB)
    await session.closed
    expect(news.publish(BLOCK)).toBe(0)
    expect(await besieged.serves()).toBe(true)
    expect(news.size).toBe(0)
    expect(besieged.lines).toEqual([])
  })

  it('cannot hold up a close beyond its time', async () => {
    const { server, socket } = await unread({ webSockets: { closeTimeout: 50 } })
    await using besieged = server
    for (let i = 0; i < 100; i++) socket.send(BLOCK)
    socket.close()
    expect((await server.ended(1))[0]?.code).toBe(1000)
    expect(besieged.lines).toEqual([])
  })
})
