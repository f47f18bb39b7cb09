import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { LensFailure } from '../../src/lens/lens-failure.ts'
import { Message } from '../../src/lens/message.ts'
import { typed } from '../../src/session/typed/typed.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'
import { FakeSocket } from './fake-peers.ts'

const move = Message.json(z.object({ to: z.string() }))
const state = Message.json(z.object({ moves: z.number() }))
const server = { receive: move, send: state }

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

  test('may only receive', () => {
    const socket = new FakeSocket()
    const view = typed(socket, { receive: move })
    const heard: string[] = []
    view.onMessage(({ to }) => heard.push(to))
    socket.receive('{"to":"e4"}')
    expect(heard).toEqual(['e4'])
    expect(() => view.send('text' as never)).toThrow(
      new TypeError('typed was given no lens to send'),
    )
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
