import { describe, expect, test } from 'vitest'
import { deferred } from '../../src/client/deferred.ts'
import {
  NOT_SENT,
  NOWHERE,
  type Passage,
  passThrough,
  STRAIGHT,
} from '../../src/filters/passage.ts'
import type { Passing } from '../../src/filters/passing.ts'
import { Frame } from '../../src/protocol/frame/frame.ts'
import { testWebsocketFactory } from '../../src/testing/offline/test-websocket-factory.ts'
import { SocketView } from '../../src/websocket/socket-view.ts'
import type { Websocket } from '../../src/websocket/websocket.ts'
import type { WsLink } from '../../src/websocket/ws-link.ts'
import { WsMessage } from '../../src/websocket/ws-message.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'
import { hex } from '../support/hex.ts'
import { echo, filtered, filteredFrames, settled, taken } from './fixtures.ts'

/** Writes down what passes. */
function logging(log: string[]): Passage {
  const named = (item: Passing): string => (item instanceof WsMessage ? 'message' : item.type)
  return {
    incoming(item) {
      log.push(`in ${named(item)} ${item.byteLength}`)
      return STRAIGHT
    },
    outgoing(item) {
      log.push(`out ${named(item)} ${item.byteLength}`)
      return STRAIGHT
    },
  }
}

describe('a passage', () => {
  test('sees each message once, however many listen, and each of them gets it', () => {
    const log: string[] = []
    const { client } = filtered(
      () => (next) => (socket) => next(passThrough(socket, logging(log))),
      (socket) => {
        echo(socket)
        echo(socket)
      },
    )
    client.send('abc')
    expect(taken(client)).toEqual(['abc', 'abc'])
    expect(log).toEqual(['in message 3', 'out message 3', 'out message 3'])
  })

  test('sees a message once where a listener goes while it is told', () => {
    const log: string[] = []
    const { client } = filtered(
      () => (next) => (socket) => next(passThrough(socket, logging(log))),
      (socket) => {
        const remove = socket.onMessage(() => remove())
        echo(socket)
      },
    )
    client.send('abc')
    client.send('de')
    expect(taken(client)).toEqual(['abc', 'de'])
    expect(log).toEqual(['in message 3', 'out message 3', 'in message 2', 'out message 2'])
  })

  test('sees each frame once, control frames and fragments too', () => {
    const log: string[] = []
    const { peer, socket } = filteredFrames(
      () => (next) => (socket) => next(passThrough(socket, logging(log))),
      ({ frames }) => {
        for (let i = 0; i < 2; i++) frames.onFrame(() => {})
      },
    )
    peer.send('01 81 00000000 61  89 80 00000000  80 82 00000000 6263')
    socket.frames.send(new Frame.Pong())
    socket.link.sendFrame?.(new Frame.Text('de', false))
    expect(log).toEqual(['in text 1', 'in ping 0', 'in text 2', 'out pong 0', 'out text 2'])
    expect(peer.received()).toBe(hex('8a 00  01 02 6465'))
    expect(socket.frames).toBe(socket.frames)
    socket.frames.masking = true
    expect(socket.frames.masking).toBe(true)
  })

  test('lets nothing through where it says so, and answers what the course answers', async () => {
    const { client, hook } = filtered(
      () => (next) => (socket) =>
        next(passThrough(socket, { incoming: () => NOWHERE, outgoing: () => NOT_SENT })),
      (socket) => {
        echo(socket)
        expect(socket.send('x')).toBe(false)
      },
    )
    client.send('abc')
    await settled()
    expect([taken(client), hook]).toEqual([[], []])
  })

  test('holds nothing back that it does not ask for', async () => {
    const { client, closes, socket } = filtered(
      () => (next) => (socket) => next(passThrough(socket, {})),
    )
    client.send('abc')
    expect(taken(client)).toEqual(['abc'])
    expect([socket.bufferedAmount, socket.state, socket.protocol]).toEqual([0, 'open', ''])
    await socket.drained()
    socket.close()
    await client.closed
    expect(closes).toEqual(['1000'])

    const { peer } = filteredFrames(() => (next) => (socket) => next(passThrough(socket, {})))
    peer.send('81 81 00000000 61')
    expect(peer.received()).toBe(hex('81 01 61'))
  })

  test('leaves messages that came before anybody listened to the first who does', async () => {
    const log: string[] = []
    const { client, socket } = filtered(
      () => (next) => (socket) => next(passThrough(socket, logging(log))),
      () => {},
    )
    client.send('early')
    expect(log).toEqual([])
    echo(socket)
    await settled()
    expect(taken(client)).toEqual(['early'])
  })

  test('keeps the link as it is', async () => {
    const { client, socket } = filtered(
      () => (next) => (socket) => next(passThrough(socket, logging([]))),
    )
    const { link } = socket
    expect(socket.link).toBe(link)
    link.pings = { pingInterval: 5, pongTimeout: 10 }
    expect(link.pings).toEqual({ pingInterval: 5, pongTimeout: 10 })
    expect(link.limits?.maxMessageSize).toBe(1024 * 1024)
    expect(link.extensions).toEqual([])
    const controls: string[] = []
    const remove = link.onControl?.((frame) => controls.push(frame.type))
    const end = await client.opened
    end.link.ping?.()
    remove?.()
    end.link.ping?.()
    link.pause?.()
    client.send('abc')
    expect(taken(client)).toEqual([])
    link.resume?.()
    expect(taken(client)).toEqual(['abc'])
    await link.flush?.()
    expect(controls).toEqual(['ping'])
    client.terminate()
    await client.closed
    expect(link.closeRecord?.initiator).toBe('transport')
  })

  test('has the link of a socket that opens only later', async () => {
    const opened = deferred<Websocket>()
    const socket = testWebsocketFactory(() => echo).open('ws://host/', {}, opened.resolve)
    const view = passThrough(socket, logging([]))
    expect(view.link.limits).toBeUndefined()
    const { link } = await opened.promise
    expect(view.link.limits).toBe(link.limits)
    view.terminate()
    expect(view.link.closeRecord?.initiator).toBe('transport')
  })

  test('that only sees what comes in leaves the link its frames to send', async () => {
    const { client, socket } = filtered(
      () => (next) => (socket) => next(passThrough(socket, { incoming: () => STRAIGHT })),
    )
    await client.opened
    expect(socket.link.sendFrame?.(new Frame.Text('a'))).toBe(true)
    expect(taken(client)).toEqual(['a'])
  })

  test('that sees what goes out adds no frames to a link without', () => {
    class Frameless extends SocketView {
      override get link(): WsLink {
        return { extensions: [] }
      }
    }
    const { socket } = filtered(
      () => (next) => (socket) => next(passThrough(new Frameless(socket), logging([]))),
    )
    expect(socket.link.sendFrame).toBeUndefined()
  })

  test('that has put off a close sends no more frames', () => {
    const { socket } = filtered(
      () => (next) => (socket) =>
        next(passThrough(socket, { outgoing: () => STRAIGHT, close: () => {} })),
    )
    socket.close()
    expect(socket.link.sendFrame?.(new Frame.Text('a'))).toBe(false)
  })

  test('tells nothing more to a listener that is removed', () => {
    const heard: string[] = []
    const { client } = filtered(
      () => (next) => (socket) => next(passThrough(socket, logging([]))),
      (socket) => {
        const remove = socket.onMessage((message) => heard.push(message.text()))
        socket.onMessage(() => remove())
      },
    )
    client.send('a')
    client.send('b')
    expect(heard).toEqual(['a'])
  })

  test.each([
    ['a bare socket', (socket: Websocket) => socket],
    [
      'one with a passage',
      (socket: Websocket) => passThrough(socket, { incoming: () => (deliver) => deliver() }),
    ],
  ])('lets a listener of %s hear the message at which it is removed', (_, view) => {
    const heard: string[] = []
    const { client } = filtered(
      () => (next) => (socket) => next(view(socket)),
      (socket) => {
        socket.onMessage(() => remove())
        const remove = socket.onMessage((message) => heard.push(message.text()))
      },
    )
    client.send('a')
    client.send('b')
    expect(heard).toEqual(['a'])
  })

  test('may put off a close; then nothing more is sent', async () => {
    let later = (): void => {}
    const passage: Passage = {
      close(close) {
        later = close
      },
    }
    const { client, socket } = filtered(
      () => (next) => (socket) => next(passThrough(socket, passage)),
    )
    expect(() => socket.close(WsStatus.TLS_ERROR)).toThrow(RangeError)
    socket.close(WsStatus.REFUSE)
    socket.close(WsStatus.NORMAL)
    expect(() => socket.close(WsStatus.TLS_ERROR)).not.toThrow()
    expect([socket.state, socket.send('x')]).toEqual(['closing', false])
    later()
    expect(await client.closed).toMatchObject({ code: 1003 })
    expect(socket.state).toBe('closed')
  })

  test('hears of no close once the socket is closed', () => {
    const passage: Passage = { close: () => expect.unreachable('there is nothing to close') }
    const { client, socket } = filtered(
      () => (next) => (socket) => next(passThrough(socket, passage)),
    )
    client.terminate()
    expect(() => socket.close(WsStatus.ABNORMAL_CLOSE)).not.toThrow()
  })

  test('says, as the socket does, why there are no frames', () => {
    const { socket } = filtered(() => (next) => (socket) => next(passThrough(socket, {})))
    expect(() => Reflect.get(socket, 'frames')).toThrow("accept(consumer, { mode: 'frames' })")
  })
})
