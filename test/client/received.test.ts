import { describe, expect, test } from 'vitest'
import { type ReceivedMessages, receivedMessages } from '../../src/client/received.ts'
import { WsMessage } from '../../src/websocket/ws-message.ts'
import { settled } from '../support/socket-rig.ts'

function push(received: ReceivedMessages, ...texts: string[]): readonly Promise<void>[] {
  return texts.map((text) => received.push(WsMessage.text(text)))
}

const texts = (received: ReceivedMessages): string[] => [...received].map((one) => one.text())

describe('what a page received', () => {
  test('is taken once, and what was not is left for the next loop', async () => {
    const received = receivedMessages()
    void push(received, 'a', 'b', 'c')
    for (const message of received) if (message.text() === 'b') break
    expect([texts(received), texts(received)]).toEqual([['c'], []])
  })

  test('is in work until it is taken', async () => {
    const received = receivedMessages()
    const done: string[] = []
    const [a, b] = push(received, 'a', 'b')
    void a!.then(() => done.push('a'))
    void b!.then(() => done.push('b'))
    await settled()
    expect(done).toEqual([])
    received[Symbol.iterator]().next()
    await settled()
    expect(done).toEqual(['a'])
  })

  test('is waited for, and shared among several loops', async () => {
    const received = receivedMessages()
    const taken: string[] = []
    const loop = async (): Promise<void> => {
      for await (const message of received) taken.push(message.text())
    }
    const loops = [loop(), loop()]
    await settled()
    void push(received, 'a', 'b')
    await settled()
    void push(received, 'c')
    received.end(undefined)
    await Promise.all(loops)
    expect(taken.sort()).toEqual(['a', 'b', 'c'])
  })

  test('comes before the failure that ends it, which every loop hears', async () => {
    const received = receivedMessages()
    const failure = new Error('lost')
    void push(received, 'a')
    received.end(failure)
    const taken: string[] = []
    const loop = async (): Promise<void> => {
      for await (const message of received) taken.push(message.text())
    }
    await expect(loop()).rejects.toBe(failure)
    await expect(loop()).rejects.toBe(failure)
    expect(() => texts(received)).toThrow(failure)
    expect(taken).toEqual(['a'])
  })

  test.each([0, 1, 2, 3, 4])('is not missed when it comes %i steps after next', async (steps) => {
    const received = receivedMessages()
    const iterator = received[Symbol.asyncIterator]()
    const taken = [iterator.next(), iterator.next()]
    for (let i = 0; i < steps; i++) await undefined
    void push(received, 'a')
    received.end(new Error('lost'))
    expect((await taken[0])?.value?.text()).toBe('a')
    await expect(taken[1]).rejects.toThrow('lost')
  })

  test('is left to others by an iterator that is left, also while a next of it waits', async () => {
    const received = receivedMessages()
    const iterator = received[Symbol.asyncIterator]()
    const next = iterator.next()
    await settled()
    void iterator.return?.()
    void push(received, 'a')
    expect(await next).toEqual({ done: true, value: undefined })
    expect(texts(received)).toEqual(['a'])
  })
})
