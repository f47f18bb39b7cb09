import { describe, expect, test } from 'vitest'
import { catchAll } from '../../src/filters/catch-all.ts'
import { encodeUtf8 } from '../../src/protocol/bytes/utf8.ts'
import type { WsConsumer } from '../../src/websocket/ws-handler.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'
import { hex } from '../support/hex.ts'
import { filtered, filteredFrames, settled, taken } from './fixtures.ts'

const secret = new Error('the password is 1234')

function failing(): never {
  throw secret
}

describe('catchAll', () => {
  test.each<[string, WsConsumer]>([
    ['a consumer throws', failing],
    ['a consumer rejects', async () => failing()],
    ['a listener throws', (socket) => socket.onMessage(failing)],
    ['a listener rejects', (socket) => socket.onMessage(async () => failing())],
  ])('closes with 1011, and without inner detail, when %s', async (_, consumer) => {
    const told: Error[] = []
    const { client, hook, closes } = filtered(
      () => catchAll({ onError: (error) => told.push(error) }),
      consumer,
    )
    await client.opened
    if (closes.length === 0) client.send('x')
    expect(await client.closed).toMatchObject({ code: 1011, message: 'Internal error' })
    expect(told).toEqual([secret])
    expect(hook).toEqual([])
    expect(closes).toEqual(['1011 Internal error'])
  })

  test('maps an error to a status, and leaves the socket open for none', async () => {
    const { client, closes } = filtered(
      () =>
        catchAll({
          status: ({ message }) =>
            message === 'mild' ? undefined : WsStatus.REFUSE.description('No'),
          onError: () => {},
        }),
      (socket) =>
        socket.onMessage((message) => {
          if (message.text() !== 'ok') throw new Error(message.text())
          socket.send('still here')
        }),
    )
    client.send('mild')
    client.send('ok')
    expect(taken(client)).toEqual(['still here'])
    client.send('grave')
    expect(await client.closed).toMatchObject({ code: 1003, message: 'No' })
    expect(closes).toEqual(['1003 No'])
  })

  test('takes one status for all', async () => {
    const { client } = filtered(() => catchAll({ status: WsStatus.TRY_AGAIN_LATER }), failing)
    expect(await client.closed).toMatchObject({ code: 1013 })
  })

  test("tells the server's hook unless it is given one", () => {
    const { hook, closes } = filtered(() => catchAll(), failing)
    expect(hook).toEqual([secret])
    expect(closes).toEqual(['1011 Internal error'])
  })

  test('leaves to the consumer what it takes itself', async () => {
    const told: Error[] = []
    const { client, socket, closes } = filtered(
      () => catchAll({ onError: (error) => told.push(error) }),
      (view) => {
        view.onError((error) => view.send(`sorry: ${error.message}`))
        view.onMessage((message) => {
          throw new Error(message.text())
        })
      },
    )
    client.send('a')
    client.send('b')
    expect(taken(client)).toEqual(['sorry: a', 'sorry: b'])
    expect(socket.state).toBe('open')
    expect(told).toEqual([])
    client.close()
    await client.closed
    expect(closes).toEqual(['1000'])
  })

  test('takes over again when the consumer stops listening', () => {
    const heard: Error[] = []
    const { client, hook, closes } = filtered(
      () => catchAll(),
      (view) => {
        const remove = view.onError((error) => heard.push(error))
        view.onMessage(() => {
          remove()
          remove()
          failing()
        })
      },
    )
    client.send('x')
    expect(heard).toEqual([])
    expect(hook).toEqual([secret])
    expect(closes).toEqual(['1011 Internal error'])
  })

  test('closes, and hides no error, when its own functions fail', () => {
    const broken = new Error('no status')
    const { hook, closes } = filtered(
      () =>
        catchAll({
          status: () => {
            throw broken
          },
        }),
      failing,
    )
    expect(closes).toEqual(['1011 Internal error'])
    expect(hook).toEqual([broken, secret])
    const other = filtered(() => catchAll({ status: () => WsStatus.ABNORMAL_CLOSE }), failing)
    expect(other.closes).toEqual(['1011 Internal error'])
    expect(other.hook).toEqual([expect.any(RangeError), secret])
  })

  test('refuses, at once, a status that cannot be sent', () => {
    expect(() => catchAll({ status: WsStatus.NOCODE })).toThrow(RangeError)
  })

  test('leaves the error of one message apart from the others', async () => {
    const seen: string[] = []
    const { client, closes } = filtered(
      () => catchAll({ status: () => undefined, onError: (error) => seen.push(error.message) }),
      (socket) => {
        socket.onMessage(async (message) => {
          if (message.text() === '2') throw new Error('second')
          socket.send(message)
        })
        socket.onMessage((message) => socket.send(`also ${message.text()}`))
      },
    )
    for (const text of ['1', '2', '3']) client.send(text)
    await settled()
    expect(taken(client)).toEqual(['1', 'also 1', 'also 2', '3', 'also 3'])
    expect(seen).toEqual(['second'])
    client.terminate()
    await client.closed
    expect(closes).toEqual(['1006 Connection lost'])
  })

  test('tells of no failure of the connection itself', async () => {
    const told: Error[] = []
    const { client, closes } = filtered(
      () => catchAll({ onError: (error) => told.push(error) }),
      () => {},
      { webSockets: { maxMessageSize: 3 } },
    )
    client.send('four')
    expect(await client.closed).toMatchObject({ code: 1009 })
    expect(closes[0]).toMatch(/^1009/)
    expect(told).toEqual([])
  })

  test('sees a late rejection after the end', async () => {
    let fail: (error: Error) => void = () => {}
    const late = new Promise<never>((_resolve, reject) => {
      fail = reject
    })
    const told: Error[] = []
    const { client } = filtered(
      () => catchAll({ onError: (error) => told.push(error) }),
      () => late,
    )
    client.close()
    await client.closed
    fail(secret)
    await settled()
    expect(told).toEqual([secret])
  })

  test('catches what listeners of any frame throw', () => {
    const { peer, hook, closes } = filteredFrames(
      () => catchAll(),
      ({ frames }) => frames.onFrame(({ type }) => type === 'ping' && failing()),
    )
    peer.send('81 81 00000000 61  89 80 00000000')
    expect(hook).toEqual([secret])
    expect(peer.received()).toBe(hex('88 10 03f3') + hex(encodeUtf8('Internal error')))
    peer.send('88 82 00000000 03f3')
    expect(closes).toEqual(['1011 Internal error'])
  })
})
