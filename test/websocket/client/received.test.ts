import { describe, expect, test } from 'vitest'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'
import { ReceivedQueue } from '../../../src/websocket/client/received.ts'
import { WebSocketClosedException } from '../../../src/websocket/errors.ts'
import type { WsMessage } from '../../../src/websocket/ws-message.ts'
import { keptOf } from '../../support/collect-garbage.ts'
import { type Rig, rig, settled } from '../../support/socket-rig.ts'
import { encodeWire } from '../../support/wire.ts'

function queue(): { received: ReceivedQueue; end: Rig; say(...texts: string[]): void } {
  const end = rig({ role: 'client' })
  const received = new ReceivedQueue()
  received.listenTo(end.socket)
  end.socket.onClose((status) => received.closed(status))
  return {
    received,
    end,
    say(...texts) {
      for (const payload of texts) end.peer.send(encodeWire({ opcode: 1, payload }))
    },
  }
}

const texts = (received: ReceivedQueue): string[] => [...received].map((message) => message.text())

describe('received, with for', () => {
  test('takes what has arrived, once', () => {
    const { received, say } = queue()
    say('a', 'b')
    expect(texts(received)).toEqual(['a', 'b'])
    expect(texts(received)).toEqual([])
    say('c')
    expect(texts(received)).toEqual(['c'])
  })

  test('leaves what was not taken for the next loop', () => {
    const { received, say } = queue()
    say('a', 'b', 'c')
    for (const message of received) if (message.text() === 'b') break
    expect(texts(received)).toEqual(['c'])
  })

  test.each([
    [1000, 'silent'],
    [1001, 'silent'],
    [1005, 'silent'],
    [1006, 'thrown'],
    [1011, 'thrown'],
    [4000, 'thrown'],
  ])('an end with %i is %s, behind the messages', (code, how) => {
    const { received, say } = queue()
    say('last')
    received.closed(new CloseReason(code))
    const taken: string[] = []
    const take = (): void => {
      for (const message of received) taken.push(message.text())
    }
    if (how === 'silent') take()
    else expect(take).toThrow(WebSocketClosedException)
    expect(taken).toEqual(['last'])
  })

  test('tells only the first end', () => {
    const { received } = queue()
    received.fail(undefined)
    received.fail(new Error('second'))
    expect(texts(received)).toEqual([])
  })
})

test('a message that was taken is kept no longer', async () => {
  const { received, say } = queue()
  say('taken')
  const take = (): WeakRef<WsMessage> => new WeakRef([...received][0]!)
  expect(await keptOf(take())).toBeUndefined()
})

describe('received, with for await', () => {
  test('waits for more, until the end', async () => {
    const { received, end, say } = queue()
    const taken: string[] = []
    const loop = (async () => {
      for await (const message of received) taken.push(message.text())
    })()
    await settled()
    say('a')
    await settled()
    say('b', 'c')
    await settled()
    expect(taken).toEqual(['a', 'b', 'c'])
    end.peer.send('88 02 03e8')
    await loop
  })

  test('throws an end that is not normal', async () => {
    const { received, end, say } = queue()
    const taken: string[] = []
    const loop = (async () => {
      for await (const message of received) taken.push(message.text())
    })()
    say('a')
    end.peer.send('88 05 0fa0 627965')
    await expect(loop).rejects.toMatchObject({ reason: { code: 4000, message: 'bye' } })
    expect(taken).toEqual(['a'])
  })

  test('shares what comes among several loops', async () => {
    const { received, end, say } = queue()
    const taken: string[] = []
    const loop = async (): Promise<void> => {
      for await (const message of received) taken.push(message.text())
    }
    const loops = [loop(), loop()]
    await settled()
    say('a', 'b', 'c')
    end.peer.send('88 02 03e8')
    await Promise.all(loops)
    expect(taken.sort()).toEqual(['a', 'b', 'c'])
  })
})

test('an iterator that is left takes nothing more, also for a next that waits', async () => {
  const { received, say } = queue()
  const iterator = received[Symbol.asyncIterator]()
  const next = iterator.next()
  await settled()
  say('a')
  expect(await iterator.return?.()).toEqual({ done: true, value: undefined })
  expect(await next).toEqual({ done: true, value: undefined })
  expect(await iterator.next()).toEqual({ done: true, value: undefined })
  expect(texts(received)).toEqual(['a'])
})

describe('what nobody takes', () => {
  test('stops the sender past 256 messages, and lets it go on at half of them', () => {
    const { received, end, say } = queue()
    say(...Array.from({ length: 256 }, String))
    expect(end.peer.waiting).toBe(0)
    say('one more', 'and another')
    expect(end.peer.waiting).toBeGreaterThan(0)
    const iterator = received[Symbol.iterator]()
    for (let i = 0; i < 128; i++) iterator.next()
    expect(end.peer.waiting).toBeGreaterThan(0)
    for (let i = 0; i < 2; i++) iterator.next()
    expect(end.peer.waiting).toBe(0)
    expect(texts(received).slice(-2)).toEqual(['one more', 'and another'])
  })

  test('is what counts, not what was taken', () => {
    const { received, end, say } = queue()
    say(...Array.from({ length: 200 }, String))
    const iterator = received[Symbol.iterator]()
    for (let i = 0; i < 60; i++) iterator.next()
    say(...Array.from({ length: 116 }, String))
    expect(end.peer.waiting).toBe(0)
    say('one more')
    expect(end.peer.waiting).toBe(0)
    say('and another')
    expect(end.peer.waiting).toBeGreaterThan(0)
  })

  test('does not lift the pause of somebody else when it is taken', () => {
    const { received, end, say } = queue()
    say('a')
    end.socket.link.pause?.()
    expect(texts(received)).toEqual(['a'])
    say('b')
    expect(end.peer.waiting).toBeGreaterThan(0)
  })

  test('stops the sender past 1 MiB', () => {
    const { received, end, say } = queue()
    say('x'.repeat(1024 * 1024))
    expect(end.peer.waiting).toBe(0)
    say('y', 'z')
    expect(end.peer.waiting).toBeGreaterThan(0)
    expect(texts(received).slice(1)).toEqual(['y', 'z'])
    expect(end.peer.waiting).toBe(0)
  })

  test('is dropped past the mark once it is released', () => {
    const { received, end, say } = queue()
    say(...Array.from({ length: 300 }, String))
    expect(end.peer.waiting).toBeGreaterThan(0)
    received.release()
    expect(end.peer.waiting).toBe(0)
    expect(texts(received)).toEqual(Array.from({ length: 257 }, String))
    say('a')
    expect(texts(received)).toEqual(['a'])
  })
})
