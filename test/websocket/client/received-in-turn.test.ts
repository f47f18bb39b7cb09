import { describe, expect, test } from 'vitest'
import { clientOf } from '../../../src/websocket/client/client.ts'
import { ReceivedInTurn } from '../../../src/websocket/client/received-in-turn.ts'
import type { WsMessage } from '../../../src/websocket/ws-message.ts'
import { type Rig, rig, settled } from '../../support/socket-rig.ts'
import { encodeWire } from '../../support/wire.ts'

function say(end: Rig, ...texts: readonly string[]): void {
  for (const payload of texts) end.peer.send(encodeWire({ opcode: 1, payload }))
}

/** Goes on with a connection of its own. */
function follow(received: ReceivedInTurn): Rig {
  const end = rig({ role: 'client' })
  const client = clientOf(end.socket)
  received.follow(client.received(), end.socket)
  return end
}

const texts = (messages: Iterable<WsMessage>): string[] =>
  Array.from(messages, (message) => message.text())

/** What a loop that waits has taken. */
function taking(received: ReceivedInTurn): {
  readonly taken: string[]
  readonly done: Promise<void>
} {
  const taken: string[] = []
  const done = (async () => {
    for await (const message of received) taken.push(message.text())
  })()
  return { taken, done }
}

describe('what one connection after another receives', () => {
  test('comes in order, whether it is taken before or after the end of its connection', () => {
    const received = new ReceivedInTurn()
    const one = follow(received)
    say(one, 'a', 'b', 'c')
    for (const message of received) if (message.text() === 'a') break
    one.peer.end()
    received.keep()
    const two = follow(received)
    say(two, 'd')
    expect(texts(received)).toEqual(['b', 'c', 'd'])
    expect(texts(received)).toEqual([])
  })

  test('goes on in a loop that waits', async () => {
    const received = new ReceivedInTurn()
    const { taken, done } = taking(received)
    const one = follow(received)
    say(one, 'a')
    await settled()
    say(one, 'b')
    one.peer.end()
    await settled()
    received.keep()
    const two = follow(received)
    say(two, 'c')
    await settled()
    expect(taken).toEqual(['a', 'b', 'c'])
    received.end(undefined)
    await done
  })

  test('goes on in a loop that the end of a connection overtakes', () => {
    const received = new ReceivedInTurn()
    const one = follow(received)
    say(one, 'a', 'b')
    const loop = received[Symbol.iterator]()
    expect(loop.next().value?.text()).toBe('a')
    one.peer.end()
    received.keep()
    say(follow(received), 'c')
    expect(loop.next().value?.text()).toBe('b')
    expect(loop.next().value?.text()).toBe('c')
  })

  test('is not lost to a loop that was left while it waited', async () => {
    const received = new ReceivedInTurn()
    const one = follow(received)
    const loop = received[Symbol.asyncIterator]()
    const waiting = loop.next()
    await settled()
    await loop.return(undefined)
    expect(await waiting).toEqual({ done: true, value: undefined })
    say(one, 'a')
    expect(texts(received)).toEqual(['a'])
  })

  test('ends with an error behind the last message', async () => {
    const received = new ReceivedInTurn()
    say(follow(received), 'last')
    received.keep()
    received.end(new Error('over'))
    const { taken, done } = taking(received)
    await expect(done).rejects.toThrow('over')
    expect(taken).toEqual(['last'])
  })

  test('pauses its connection while too much of it is not taken', () => {
    const received = new ReceivedInTurn()
    const one = follow(received)
    for (let i = 0; i < 300; i++) say(one, String(i))
    expect(one.peer.waiting).toBeGreaterThan(0)
    expect(texts(received)).toHaveLength(300)
    expect(one.peer.waiting).toBe(0)
  })

  test('has to be taken before there is room for another connection', async () => {
    const received = new ReceivedInTurn()
    let room = 0
    for (let connection = 0; connection < 2; connection++) {
      const end = follow(received)
      for (let i = 0; i < 200; i++) say(end, 'x')
      received.keep()
      received.whenRoom(() => room++)
      expect(room).toBe(1)
    }
    let taken = 0
    for (const _ of received) if (++taken === 143) break
    expect(room).toBe(1)
    for (const _ of received) break
    await settled()
    expect(room).toBe(2)
    expect(texts(received)).toHaveLength(256)
    expect(room).toBe(2)
  })
  test('has room once, also for one who then reads, after the message that made room', async () => {
    const received = new ReceivedInTurn()
    const end = follow(received)
    for (let i = 0; i < 300; i++) say(end, 'x')
    received.keep()
    const read: number[] = []
    received.whenRoom(() => read.push(texts(received).length))
    let taken = 0
    for (const _ of received) if (++taken === 44) break
    expect(read).toEqual([])
    await settled()
    expect(read).toEqual([256])
  })
})
