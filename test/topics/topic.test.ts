import { afterEach, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { LensFailure } from '../../src/lens/lens-failure.ts'
import { Message } from '../../src/lens/message.ts'
import type { Frame } from '../../src/protocol/frame/frame.ts'
import { typed } from '../../src/session/typed/typed.ts'
import type { Topic } from '../../src/topics/topic.ts'
import { topic } from '../../src/topics/topics.ts'
import { openingWebsocket } from '../../src/websocket/client/opening-websocket.ts'
import { decorate } from '../../src/websocket/decorate.ts'
import { SOCKET_DEFAULTS } from '../../src/websocket/socket/socket-settings.ts'
import type { Websocket } from '../../src/websocket/websocket.ts'
import { WsMessage } from '../../src/websocket/ws-message.ts'
import { hex } from '../support/hex.ts'
import { openingRig } from '../support/opening-rig.ts'
import { rawRig, sessionRig } from '../support/session-rig.ts'
import { rig, settled, watch } from '../support/socket-rig.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

/** A view of the socket that calls `fn` before it sends. */
function whenSent(socket: Websocket, fn: () => void): Websocket {
  return decorate(socket, {
    send(message, next) {
      fn()
      return next(message)
    },
  })
}

describe('a topic', () => {
  test('gives each subscriber what is published, and says how many they are', () => {
    const news = topic()
    const [ann, ben, guest] = [rig(), rig(), rig()]
    news.subscribe(ann.socket)
    news.subscribe(ben.socket)
    expect(news.publish('hello')).toBe(2)
    expect(news.publish(new Uint8Array([0x21]))).toBe(2)
    expect(news.publish(WsMessage.binary(new Uint8Array([0x3f])))).toBe(2)
    for (const { peer } of [ann, ben]) expect(peer.shown()).toEqual(['1 hello', '2 !', '2 ?'])
    expect(guest.peer.shown()).toEqual([])
  })

  test('copies bytes that are published', async () => {
    const news = topic()
    const { session, peer } = sessionRig()
    news.subscribe(session)
    peer.stall()
    void session.send('x'.repeat(100_000))
    const bytes = new Uint8Array([0x61])
    news.publish(bytes)
    bytes[0] = 0x62
    peer.read()
    await session.flush()
    expect(peer.shown().at(-1)).toBe('2 a')
  })

  test('leaves out one subscriber if asked to', () => {
    const news = topic()
    const [ann, ben] = [rig(), rig()]
    news.subscribe(ann.socket)
    news.subscribe(ben.socket)
    expect(news.publish('hello', { except: ann.socket })).toBe(1)
    expect(news.publish('to all', { except: rig().socket })).toBe(2)
    expect(ann.peer.shown()).toEqual(['1 to all'])
    expect(ben.peer.shown()).toEqual(['1 hello', '1 to all'])
  })

  test('gives nobody a second copy who subscribes twice', () => {
    const news = topic()
    const { socket, peer } = rig()
    news.subscribe(socket)
    const leave = news.subscribe(socket)
    expect(news.publish('once')).toBe(1)
    expect(peer.shown()).toEqual(['1 once'])
    leave()
    expect(news.publish('gone')).toBe(0)
  })

  test('is left by the function that subscribing returns, once', () => {
    const news = topic()
    const { socket, peer } = rig()
    const leave = news.subscribe(socket)
    leave()
    expect(news.publish('gone')).toBe(0)
    news.subscribe(socket)
    leave()
    expect(news.publish('back')).toBe(1)
    expect(peer.shown()).toEqual(['1 back'])
  })

  test('is left by name', () => {
    const news = topic()
    const { socket } = rig()
    news.unsubscribe(socket)
    news.subscribe(socket)
    news.unsubscribe(socket)
    expect([news.size, news.publish('gone')]).toEqual([0, 0])
  })

  test('knows who is subscribed', () => {
    const news = topic()
    const [ann, ben] = [rig(), sessionRig()]
    news.subscribe(ann.socket)
    news.subscribe(ben.session)
    expect([news.size, [...news]]).toEqual([2, [ann.socket, ben.session]])
    expect([news.has(ann.socket), news.has(ben.session), news.has(ben.socket)]).toEqual([
      true,
      true,
      false,
    ])
  })

  test('forgets who has gone, before their later listeners hear of it', () => {
    const news = topic()
    const { socket } = rig()
    news.subscribe(socket)
    const sizes: number[] = []
    socket.onClose(() => sizes.push(news.size))
    socket.terminate()
    expect([sizes, news.has(socket), [...news]]).toEqual([[0], false, []])
  })

  test('gives nothing to a socket that is closing', () => {
    const news = topic()
    const { socket, peer } = rig()
    news.subscribe(socket)
    socket.close()
    expect(news.publish('late')).toBe(0)
    expect(peer.frames().map(({ opcode }) => opcode)).toEqual([8])
  })

  test('is for sockets of clients, too, which hold the messages until they are open', async () => {
    const news = topic()
    const { opened, abandon, end, open } = openingRig()
    const { upgradeRequest: request } = end.socket
    const onError = (): void => {}
    const socket = openingWebsocket(opened, { ...SOCKET_DEFAULTS, request, abandon, onError })
    news.subscribe(socket)
    expect(news.publish('early')).toBe(1)
    await open()
    expect(end.peer.shown()).toEqual(['1 early'])
  })

  test.each([
    ['closing', (socket: Websocket) => socket.close()],
    ['closed', (socket: Websocket) => socket.terminate()],
  ])('takes no socket that is %s', (_, end) => {
    const news = topic()
    const { socket } = rig()
    end(socket)
    news.subscribe(socket)()
    news.subscribe(socket)
    expect(news.size).toBe(0)
  })

  test('listens once to the end of a socket, in however many topics it is', () => {
    const { socket } = rig()
    const listen = vi.spyOn(socket, 'onClose')
    const many = Array.from({ length: 1_000 }, () => topic())
    for (const one of many) one.subscribe(socket)
    for (const one of many) one.unsubscribe(socket)
    for (const one of many) one.subscribe(socket)
    expect(listen).toHaveBeenCalledTimes(1)
    socket.terminate()
    expect(many.map(({ size }) => size).filter((size) => size > 0)).toEqual([])
  })

  test('refuses what is no subscriber, no message, and no option', () => {
    const news: Topic = topic()
    const call = (fn: (...args: never[]) => unknown, ...args: readonly unknown[]): unknown =>
      Reflect.apply(fn, news, args)
    expect(() => call(news.subscribe, undefined)).toThrow(
      'a subscriber has to be a socket or a session, not undefined',
    )
    expect(() => call(news.has, {})).toThrow('a socket or a session, not object')
    expect(() => call(news.publish, 7)).toThrow('a message is made of a string or a Uint8Array')
    expect(() => call(news.publish, 'x', { exept: 1 })).toThrow('publish() has no option exept')
    expect(() => call(topic, { broker: {} })).toThrow('topic() has no option broker')
    expect(() => call(topic, { message: Message })).toThrow('needs a lens, with create')
  })
})

describe('subscribers that come and go while a message is published', () => {
  test('do not get it if they come', () => {
    const news = topic()
    const [ann, late] = [rig(), rig()]
    news.subscribe(whenSent(ann.socket, () => news.subscribe(late.socket)))
    expect(news.publish('first')).toBe(1)
    expect(news.publish('second')).toBe(2)
    expect(late.peer.shown()).toEqual(['1 second'])
  })

  test('do not get it if they go', () => {
    const news = topic()
    const [ann, ben] = [rig(), rig()]
    news.subscribe(whenSent(ann.socket, () => news.unsubscribe(ben.socket)))
    news.subscribe(ben.socket)
    expect(news.publish('hello')).toBe(1)
    expect(ben.peer.shown()).toEqual([])
  })

  test('get it once if they go and come back', () => {
    const news = topic()
    const [ann, ben] = [rig(), rig()]
    let times = 0
    const view = whenSent(ann.socket, () => {
      if (++times > 5) return
      for (const socket of [view, ben.socket]) {
        news.unsubscribe(socket)
        news.subscribe(socket)
      }
    })
    news.subscribe(view)
    news.subscribe(ben.socket)
    expect(news.publish('hello')).toBe(2)
    expect([ann.peer.shown(), ben.peer.shown()]).toEqual([['1 hello'], ['1 hello']])
  })
})

describe('what is published while something else is', () => {
  /** Adds a subscriber that the next message closes, since it does not read. */
  function addFull(room: Topic, onClose: () => void): void {
    const { socket, peer } = rig({ maxBufferedAmount: 10 })
    room.subscribe(socket)
    socket.onClose(onClose)
    peer.stall()
    socket.send('12345')
  }

  test('comes after that, for those who have not got it yet, too', () => {
    const room = topic()
    const [ann, ben] = [rig(), rig()]
    room.subscribe(ann.socket)
    addFull(room, () => room.publish('goodbye'))
    room.subscribe(ben.socket)
    expect(room.publish('hello')).toBe(2)
    for (const { peer } of [ann, ben]) expect(peer.shown()).toEqual(['1 hello', '1 goodbye'])
  })

  test('goes to as many as it says, unless somebody comes or goes', () => {
    const room = topic()
    const [ann, ben] = [rig(), rig()]
    const counts: number[] = []
    let first = true
    const view = whenSent(ann.socket, () => {
      if (!first) return
      first = false
      counts.push(room.publish('b'), room.publish('c', { except: ben.socket }))
      counts.push(room.publish('d', { except: rig().socket }))
    })
    room.subscribe(view)
    room.subscribe(ben.socket)
    counts.push(room.publish('a'))
    expect(counts).toEqual([2, 1, 2, 2])
    expect(ann.peer.shown()).toEqual(['1 a', '1 b', '1 c', '1 d'])
    expect(ben.peer.shown()).toEqual(['1 a', '1 b', '1 d'])
  })

  test('comes to an end even if a filter publishes for each message that is sent, and the hook hears of it', () => {
    const onError = vi.fn<(error: Error) => void>()
    const room = topic({ onError })
    for (let i = 0; i < 10; i++) {
      room.subscribe(
        decorate(rig().socket, {
          send(message, next) {
            room.publish('again')
            return next(message)
          },
        }),
      )
    }
    expect(room.publish('hello')).toBe(10)
    expect(onError.mock.calls[0]?.[0].message).toMatch(/^publishing has no end/)
    expect(onError).toHaveBeenCalledOnce()
  })

  test('takes no more of the stack, however many subscribers are closed', () => {
    const room = topic()
    let depth = 0
    let deepest = 0
    const goodbye = (): void => {
      deepest = Math.max(deepest, ++depth)
      room.publish('goodbye')
      depth--
    }
    for (let i = 0; i < 100; i++) addFull(room, goodbye)
    const { socket, peer } = rig()
    room.subscribe(socket)
    expect(room.publish('hello')).toBe(1)
    expect([room.size, deepest, peer.frames().length]).toEqual([1, 1, 101])
  })
})

describe('a view of a socket', () => {
  test('that is typed is the same subscriber', () => {
    const news = topic()
    const { socket, peer } = rig()
    const view = typed(socket, { receive: Message.text(), send: Message.json() })
    news.subscribe(view)
    news.subscribe(socket)
    expect([news.has(view), news.has(socket), [...news]]).toEqual([true, true, [socket]])
    expect(news.publish('as it is')).toBe(1)
    expect(peer.shown()).toEqual(['1 as it is'])
    expect(news.publish('not here', { except: view })).toBe(0)
    news.unsubscribe(view)
    expect(news.size).toBe(0)
  })

  test('that is typed may be that of a session', () => {
    const news = topic()
    const { session } = sessionRig()
    news.subscribe(typed(session, { receive: Message.text() }))
    expect([...news]).toEqual([session])
  })

  test('that is decorated is another subscriber, whose decoration sees the message', () => {
    const news = topic()
    const { socket, peer } = rig()
    const view = decorate(socket, {
      send: (message, next) => next(message.body(message.text().toUpperCase())),
    })
    news.subscribe(view)
    expect([news.has(view), news.has(socket)]).toEqual([true, false])
    expect(news.publish('hello', { except: socket })).toBe(1)
    expect(peer.shown()).toEqual(['1 HELLO'])
    socket.terminate()
    expect(news.size).toBe(0)
  })
})

describe('a topic with a lens', () => {
  const moves = topic({ message: Message.json(z.object({ x: z.number() })) })

  test('publishes values', () => {
    const { socket, peer } = rig()
    moves.subscribe(socket)
    expect(moves.publish({ x: 1 })).toBe(1)
    expect(peer.shown()).toEqual(['1 {"x":1}'])
  })

  test('takes one of a class, too', () => {
    class Marked {
      readonly #mark = '!'

      create(value: string): WsMessage {
        return WsMessage.text(value + this.#mark)
      }
    }
    const marked = topic({ message: new Marked() })
    const { socket, peer } = rig()
    marked.subscribe(socket)
    marked.publish('hello')
    expect(peer.shown()).toEqual(['1 hello!'])
  })

  test('gives nobody a value that the lens refuses', () => {
    const { socket, peer } = rig()
    moves.subscribe(socket)
    expect(() => moves.publish({ x: Number.NaN })).toThrow(LensFailure)
    expect(peer.shown()).toEqual([])
  })
})

describe('a subscriber whose send throws', () => {
  const failing = (socket: Websocket): Websocket =>
    whenSent(socket, () => {
      throw new Error('no')
    })

  test('does not keep the message from the others, and the hook hears of it', () => {
    const onError = vi.fn<(error: Error, subscriber: unknown) => void>()
    const news = topic({ onError })
    const [ann, ben] = [rig(), rig()]
    const view = failing(ann.socket)
    news.subscribe(view)
    news.subscribe(ben.socket)
    expect(news.publish('hello')).toBe(1)
    expect(ben.peer.shown()).toEqual(['1 hello'])
    expect(onError.mock.calls).toEqual([[new Error('no'), view]])
  })

  test('may do so when its state is asked for, as sockets of other requests do in a Worker', () => {
    const onError = vi.fn<(error: Error, subscriber: unknown) => void>()
    const news = topic({ onError })
    const [ann, ben] = [rig(), rig()]
    news.subscribe(ann.socket)
    news.subscribe(ben.socket)
    vi.spyOn(ann.socket, 'state', 'get').mockImplementation(() => {
      throw new Error('not here')
    })
    expect(news.publish('hello')).toBe(1)
    expect(ben.peer.shown()).toEqual(['1 hello'])
    expect(onError.mock.calls).toEqual([[new Error('not here'), ann.socket]])
  })

  test('is logged where there is no hook, and so is what a hook throws', () => {
    const log = vi.spyOn(console, 'error').mockReturnValue()
    const throws = (): never => {
      throw new Error('worse')
    }
    for (const news of [topic(), topic({ onError: throws })]) {
      news.subscribe(failing(rig().socket))
      news.publish('hello')
    }
    expect(log.mock.calls).toEqual([
      ['antiphon: a topic failed', expect.stringContaining('Error: no')],
      ['antiphon: the onError hook failed', expect.stringContaining('Error: worse')],
    ])
  })
})

describe('a session', () => {
  test('gets what is published between what it sends itself, in order', async () => {
    const news = topic()
    const { session, peer } = sessionRig()
    news.subscribe(session)
    await session.send('own')
    expect(news.publish('published')).toBe(1)
    news.publish(new Uint8Array([0x21]))
    await session.send('own again')
    expect(peer.shown()).toEqual(['1 own', '1 published', '2 !', '1 own again'])
  })

  test('gets it behind what waits for a slow peer', async () => {
    const news = topic()
    const { session, peer } = sessionRig()
    news.subscribe(session)
    peer.stall()
    const own = ['a', 'b'].map((letter) => session.send(letter.repeat(100_000)))
    news.publish('published')
    peer.read()
    await Promise.all(own)
    await session.flush()
    expect(peer.frames().map(({ payload }) => payload.length)).toEqual([100_000, 100_000, 9])
  })

  test('may be raw', () => {
    const news = topic()
    const { session, peer } = rawRig()
    news.subscribe(session)
    news.publish('hello')
    expect(peer.shown()).toEqual(['1 hello'])
  })

  test('leaves when it ends, and takes nothing while it closes', async () => {
    const news = topic()
    const { session } = sessionRig()
    news.subscribe(session)
    const closed = session.close()
    expect(news.publish('late')).toBe(0)
    session.terminate()
    await closed
    await settled()
    expect(news.size).toBe(0)
    news.subscribe(session)
    expect(news.size).toBe(0)
  })

  test.each(['end', 'terminate'])('is gone when its loop ends, by %s', async (how) => {
    const news = topic()
    const { session, socket, peer } = sessionRig()
    news.subscribe(session)
    const loop = (async () => {
      for await (const _ of session.incoming);
      return news.size
    })()
    if (how === 'end') peer.end()
    else socket.terminate()
    expect(await loop).toBe(0)
  })

  test('whose filter throws when its turn comes is reported', async () => {
    const onError = vi.fn<(error: Error, subscriber: unknown) => void>()
    const news = topic({ onError })
    const { session, peer } = sessionRig()
    news.subscribe(session)
    vi.spyOn(session, 'send').mockRejectedValue(new Error('no'))
    expect(news.publish('hello')).toBe(1)
    await settled()
    expect(onError.mock.calls).toEqual([[new Error('no'), session]])
    expect(peer.shown()).toEqual([])
  })
})

describe('a subscriber that stops reading', () => {
  const MIB = new Uint8Array(1024 * 1024)
  const tooSlow = expect.stringContaining('the peer reads too slowly')

  test('is closed with 1013 once too much waits for its socket, and delays nobody', () => {
    const news = topic()
    const [slow, quick] = [rig(), rig()]
    news.subscribe(slow.socket)
    news.subscribe(quick.socket)
    watch(slow)
    slow.peer.stall()
    const given = Array.from({ length: 20 }, () => {
      const count = news.publish(MIB)
      expect(quick.peer.frames()).toHaveLength(1)
      return count
    })
    expect(given).toEqual([...Array(15).fill(2), ...Array(5).fill(1)])
    expect(slow.log).toEqual([tooSlow, 'close 1013 Try again later'])
    expect([...news]).toEqual([quick.socket])
  })

  test('is closed with 1013 once too much waits for its session, and delays nobody', async () => {
    const onError = vi.fn<(error: Error) => void>()
    const news = topic({ onError })
    const [slow, quick] = [sessionRig(), sessionRig()]
    news.subscribe(slow.session)
    news.subscribe(quick.session)
    slow.peer.stall()
    for (let i = 0; i < 20; i++) {
      news.publish(MIB)
      await settled()
      expect(quick.peer.frames()).toHaveLength(1)
    }
    expect(news.publish(MIB)).toBe(1)
    quick.peer.frames()
    slow.peer.read()
    await settled()
    const frames = slow.peer.frames()
    expect(frames.map(({ opcode }) => opcode)).toEqual([...Array(15).fill(2), 8])
    expect(hex(frames.at(-1)!.payload.subarray(0, 2))).toBe('03f5')
    expect(news.size).toBe(2)
    slow.clock.advance(10_000)
    await settled()
    expect(slow.session.closeRecord?.local?.code).toBe(1013)
    expect(onError).not.toHaveBeenCalled()
    expect([...news]).toEqual([quick.session])
  })

  test('is closed earlier if its session says so, and then is not given the message', () => {
    const news = topic()
    const { session, peer } = sessionRig({
      channels: { outgoing: { bytes: 2 * MIB.length, onOverflow: 'close' } },
    })
    news.subscribe(session)
    peer.stall()
    expect(Array.from({ length: 5 }, () => news.publish(MIB))).toEqual([1, 1, 1, 0, 0])
  })

  test('is closed no later for many small messages, which take memory, too', () => {
    const news = topic({ onError: () => {} })
    const { session, peer } = sessionRig()
    news.subscribe(session)
    peer.stall()
    let sent = 0
    while (sent < 100_000 && news.publish('tick') === 1) sent++
    expect(sent).toBeGreaterThan(20_000)
    expect(sent).toBeLessThan(60_000)
    expect(session.outgoing.isClosedForSend).toBe(true)
  })

  test("loses what still waits when its session ends, which is nobody's fault", async () => {
    const onError = vi.fn<(error: Error) => void>()
    const news = topic({ onError })
    const { session, peer } = sessionRig()
    news.subscribe(session)
    peer.stall()
    for (let i = 0; i < 3; i++) expect(news.publish(MIB)).toBe(1)
    session.terminate()
    await settled()
    expect(onError).not.toHaveBeenCalled()
  })

  test('gets everything in order if it reads again in time', async () => {
    const news = topic()
    const { session, peer } = sessionRig()
    news.subscribe(session)
    peer.stall()
    for (let i = 0; i < 1_000; i++) news.publish(`${i} ${'x'.repeat(1_000)}`)
    peer.read()
    await session.flush()
    const numbers = peer.shown().map((line) => Number(line.split(' ')[1]))
    expect(numbers).toEqual(Array.from({ length: 1_000 }, (_, i) => i))
    peer.stall()
    for (let i = 0; i < 15; i++) expect(news.publish(MIB)).toBe(1)
    peer.read()
    await session.flush()
    expect(peer.frames().map(({ opcode }) => opcode)).toEqual(Array(15).fill(2))
  })
})

describe('what is published', () => {
  test('is encoded once for all sockets and sessions', () => {
    const process = vi.fn((frame: Frame): Frame => frame)
    const extension = {
      name: 'x',
      alike: 'all',
      config: undefined,
      processOutgoingFrame: process,
      processIncomingFrame: (frame: Frame): Frame => frame,
    }
    const news = topic()
    const peers = Array.from({ length: 10 }, (_, i) => {
      const { session, socket, peer } = sessionRig({}, { extensions: [extension] })
      news.subscribe(i % 2 === 0 ? session : socket)
      return peer
    })
    news.publish('hello')
    for (const peer of peers) expect(peer.shown()).toEqual(['1 hello'])
    // The first time as any message, since most are sent only once; the second time for all that follow.
    expect(process).toHaveBeenCalledTimes(2)
  })
})
