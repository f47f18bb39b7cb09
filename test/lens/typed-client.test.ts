import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { LensFailure } from '../../src/lens/lens-failure.ts'
import { Message } from '../../src/lens/message.ts'
import { typed } from '../../src/session/typed/typed.ts'
import { ReceivedQueue } from '../../src/websocket/client/received.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'
import { FakeClient } from './fake-peers.ts'

const move = Message.json(z.object({ to: z.string() }))
const state = Message.json(z.object({ moves: z.number() }))
const client = { receive: state, send: move }

describe('a typed client', () => {
  test('sends values, and takes those that have arrived', () => {
    const peer = new FakeClient('{"moves":1}', '{"moves":2}', '{"moves":3}')
    const view = typed(peer, client)
    for (const { moves } of view.received()) if (moves === 2) break
    expect([...view.received()]).toEqual([{ moves: 3 }])
    expect(view.send({ to: 'e4' })).toBe(true)
    expect(peer.socket.sent[0]?.text()).toBe('{"to":"e4"}')
    expect(view.client).toBe(peer)
  })

  test('waits for values', async () => {
    const view = typed(new FakeClient('{"moves":1}', '{"moves":2}'), client)
    const moves: number[] = []
    for await (const each of view.received()) moves.push(each.moves)
    expect(moves).toEqual([1, 2])
  })

  test('may only receive, and so does its socket', async () => {
    const peer = new FakeClient('{"moves":1}')
    const view = typed(peer, { receive: state })
    for (const { moves } of view.received()) expect(moves).toBe(1)
    for (const end of [view, await view.opened]) {
      expect(() => end.send('text' as never)).toThrow('typed was given no lens to send')
    }
  })

  test('ends the loop with the failure of a message, which is then taken', async () => {
    const view = typed(new FakeClient('{}', '{"moves":2}', '[]'), client)
    expect(() => [...view.received()]).toThrow(LensFailure)
    const waiting = view.received()[Symbol.asyncIterator]()
    expect(await waiting.next()).toEqual({ done: false, value: { moves: 2 } })
    await expect(waiting.next()).rejects.toThrow(LensFailure)
  })

  test('leaves the messages below when its loop is left', async () => {
    const received = new ReceivedQueue()
    const view = typed(Object.assign(new FakeClient(), { received: () => received }), client)
    const iterator = view.received()[Symbol.asyncIterator]()
    const next = iterator.next()
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined })
    expect(await next).toEqual({ done: true, value: undefined })
  })

  test('has a typed socket once it is open', async () => {
    const peer = new FakeClient()
    const socket = await typed(peer, client).opened
    socket.send({ to: 'e4' })
    expect(peer.socket.sent).toHaveLength(1)
  })

  test('closes and disposes of the client', async () => {
    const peer = new FakeClient()
    {
      await using view = typed(peer, client)
      view.close(WsStatus.NORMAL)
      expect(await view.closed).toBe(WsStatus.NORMAL)
    }
    expect(peer.socket.closes).toEqual([WsStatus.NORMAL])
    expect(peer.disposed).toBe(true)
  })
})
