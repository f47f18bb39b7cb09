import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { LensFailure } from '../../src/lens/lens-failure.ts'
import { Message } from '../../src/lens/message.ts'
import { typed } from '../../src/lens/typed.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'
import { FakeClient, FakeSocket } from './fake-peers.ts'

const move = Message.json(z.object({ to: z.string() }))
const state = Message.json(z.object({ moves: z.number() }))
const server = { receive: move, send: state }
const client = { receive: state, send: move }

describe('a typed socket', () => {
  test('sends and receives values', () => {
    const socket = new FakeSocket()
    const view = typed(socket, server)
    const heard: string[] = []
    const stop = view.onMessage(({ to }) => heard.push(to))
    expect(socket.receive('{"to":"e4"}')).toEqual([1])
    stop()
    socket.receive('{"to":"e5"}')
    expect(heard).toEqual(['e4'])
    expect([1, 2, 3].map((moves) => view.send({ moves }))).toEqual([true, true, false])
    expect(socket.sent.map((message) => message.text())).toEqual([
      '{"moves":1}',
      '{"moves":2}',
      '{"moves":3}',
    ])
    expect(view.socket).toBe(socket)
  })

  test('hands a message that its lens refuses to onError, and not to the listener', () => {
    const socket = new FakeSocket()
    const view = typed(socket, server)
    const errors: Error[] = []
    view.onError((error) => errors.push(error))
    view.onMessage(() => {
      throw new Error('listened')
    })
    socket.receive('{"to":1}')
    expect(errors).toEqual([expect.any(LensFailure)])
  })

  test('lets the socket wait for what a listener began', async () => {
    const socket = new FakeSocket()
    typed(socket, server).onMessage(async ({ to }) => to)
    expect(await socket.receive('{"to":"e4"}')[0]).toBe('e4')
  })

  test('sends nothing that its lens refuses', () => {
    const socket = new FakeSocket()
    expect(() => typed(socket, server).send({ moves: '1' as never })).toThrow(LensFailure)
    expect(socket.sent).toEqual([])
  })

  test('closes, drains and hears of the end as the socket does', async () => {
    const socket = new FakeSocket()
    const view = typed(socket, server)
    const ends: WsStatus[] = []
    view.onClose((status) => ends.push(status))
    view.close()
    view.close(WsStatus.REFUSE)
    socket.ended(WsStatus.GOING_AWAY)
    await view.drained()
    expect(socket.closes).toEqual([undefined, WsStatus.REFUSE])
    expect(ends).toEqual([WsStatus.GOING_AWAY])
  })
})

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

  test('ends the loop with the failure of a message, which is then taken', async () => {
    const view = typed(new FakeClient('{}', '{"moves":2}', '[]'), client)
    expect(() => [...view.received()]).toThrow(LensFailure)
    const waiting = view.received()[Symbol.asyncIterator]()
    expect(await waiting.next()).toEqual({ done: false, value: { moves: 2 } })
    await expect(waiting.next()).rejects.toThrow(LensFailure)
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
