import { describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { LensFailure } from '../../src/lens/lens-failure.ts'
import { Message } from '../../src/lens/message.ts'
import { DefaultWebSocketSessionImpl } from '../../src/session/default-session.ts'
import { typed } from '../../src/session/typed/typed.ts'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import type { HistoryTopic } from '../../src/topics/history-topic.ts'
import { topic, topics } from '../../src/topics/topics.ts'
import { decorate } from '../../src/websocket/decorate.ts'
import type { Websocket } from '../../src/websocket/websocket.ts'
import { WsMessage } from '../../src/websocket/ws-message.ts'
import { rawRig, sessionRig } from '../support/session-rig.ts'
import { rig, settled, watch } from '../support/socket-rig.ts'

/** Publishes each text with an id, which the message does not show. Returns the ids. */
function tell(news: HistoryTopic, ...texts: readonly string[]): string[] {
  return texts.map((text) => {
    let given = ''
    news.publish((id) => {
      given = id
      return text
    })
    return given
  })
}

/** A view of the socket that does not send `no`. */
function failing(socket: Websocket): Websocket {
  return decorate(socket, {
    send(message, next) {
      if (message.text() === 'no') throw new Error('no')
      return next(message)
    },
  })
}

describe('a topic with a history', () => {
  test('gives a subscriber what it has missed, and then what is published', () => {
    const news = topic({ history: {} })
    const [a] = tell(news, 'a', 'b', 'c')
    const { socket, peer } = rig()
    expect(news.subscribe(socket, { after: a }).recovered).toBe(true)
    tell(news, 'd')
    expect(peer.shown()).toEqual(['1 b', '1 c', '1 d'])
  })

  test('gives the id to the function that makes the message, and a lens the value with it', () => {
    const item = z.object({ id: z.string(), text: z.string() })
    const news = topic({ message: Message.json(item), history: {} })
    const { socket, peer } = rig()
    news.subscribe(socket)
    expect(news.publish((id) => ({ id, text: 'hello' }))).toBe(1)
    const { id } = item.parse(JSON.parse(peer.shown()[0]!.slice(2)))
    expect(id).toMatch(/^[0-9]+-000000000001$/)
    expect(news.subscribe(rig().socket, { after: id }).recovered).toBe(true)
    const bytes = topic({ history: {} })
    bytes.subscribe(socket)
    bytes.publish(() => WsMessage.binary(new Uint8Array([0x21])))
    bytes.publish(() => new Uint8Array([0x3f]))
    expect(peer.shown()).toEqual(['2 !', '2 ?'])
  })

  test('has ids that compare in the order of publishing', () => {
    const ids = tell(topic({ history: {} }), ...'abcdefghijklmnopq')
    expect(ids.toSorted()).toEqual(ids)
  })

  test('gives nothing to the one who has everything', () => {
    const news = topic({ history: {} })
    const [, b] = tell(news, 'a', 'b')
    const { socket, peer } = rig()
    expect(news.subscribe(socket, { after: b }).recovered).toBe(true)
    expect(peer.shown()).toEqual([])
  })

  test('gives a newcomer nothing, or the last messages if asked to', () => {
    const news = topic({ history: {} })
    tell(news, 'a', 'b', 'c')
    const shown = [
      {},
      { last: 0 },
      { last: 2 },
      { last: 9 },
      { last: Number.POSITIVE_INFINITY },
    ].map((options) => {
      const { socket, peer } = rig()
      expect(news.subscribe(socket, options).recovered).toBe(false)
      return peer.shown()
    })
    const all = ['1 a', '1 b', '1 c']
    expect(shown).toEqual([[], [], ['1 b', '1 c'], all, all])
  })

  test('keeps nothing that is published without an id', () => {
    const news = topic({ history: {} })
    const [a] = tell(news, 'a')
    const [ann, ben] = [rig(), rig()]
    news.subscribe(ann.socket)
    news.publish('ben is typing')
    tell(news, 'b')
    expect(news.subscribe(ben.socket, { after: a }).recovered).toBe(true)
    expect(ann.peer.shown()).toEqual(['1 ben is typing', '1 b'])
    expect(ben.peer.shown()).toEqual(['1 b'])
  })

  test('keeps a message for those who were left out as well', () => {
    const news = topic({ history: {} })
    const [ann, again] = [rig(), rig()]
    const { lastId: id } = news.subscribe(ann.socket)
    expect(news.publish(() => 'a', { except: ann.socket })).toBe(0)
    news.subscribe(again.socket, { after: id })
    expect([ann.peer.shown(), again.peer.shown()]).toEqual([[], ['1 a']])
  })

  test('says where it is, for those who get what there was in another way', () => {
    const news = topic({ history: {} })
    const [early, late, later] = [rig(), rig(), rig()]
    const start = news.subscribe(early.socket)
    tell(news, 'a', 'b')
    const { lastId: id } = news.subscribe(late.socket)
    tell(news, 'c')
    expect(news.subscribe(later.socket, { after: id }).recovered).toBe(true)
    expect(later.peer.shown()).toEqual(['1 c'])
    const first = rig()
    expect(news.subscribe(first.socket, { after: start.lastId }).recovered).toBe(true)
    expect(first.peer.shown()).toEqual(['1 a', '1 b', '1 c'])
  })

  test('is left by the function that subscribing returns', () => {
    const news = topic({ history: {} })
    const { socket, peer } = rig()
    const leave = news.subscribe(socket)
    leave()
    tell(news, 'gone')
    expect([news.size, peer.shown()]).toEqual([0, []])
  })

  test('does nothing for the one who is subscribed already, or is not open', () => {
    const news = topic({ history: {} })
    const [a] = tell(news, 'a', 'b')
    const [ann, ben] = [rig(), rig()]
    news.subscribe(ann.socket)
    expect(news.subscribe(ann.socket, { after: a, last: 5 }).recovered).toBe(false)
    ben.socket.terminate()
    expect(news.subscribe(ben.socket, { after: a }).recovered).toBe(false)
    expect([ann.peer.shown(), ben.peer.shown(), news.size]).toEqual([[], [], 1])
  })

  test('has each name keep its own', () => {
    const rooms = topics({ history: {} })
    const [a] = tell(rooms('tea'), 'a')
    tell(rooms('coffee'), 'x')
    tell(rooms('tea'), 'b')
    const { socket, peer } = rig()
    rooms('tea').subscribe(socket, { after: a })
    rooms('milk').subscribe(socket, { after: a, last: 9 })
    expect(peer.shown()).toEqual(['1 b'])
    expect(rooms.names()).toEqual(['tea', 'milk'])
  })

  test('refuses what is no option, no id, no number, and a broker besides', () => {
    const news = topic({ history: {} })
    const call = (fn: (...args: never[]) => unknown, ...args: readonly unknown[]): unknown =>
      Reflect.apply(fn, news, args)
    const { socket } = rig()
    expect(() => call(news.subscribe, socket, { since: 'x' })).toThrow(
      'subscribe() has no option since: there are after, last',
    )
    expect(() => call(news.subscribe, socket, { after: 7 })).toThrow(
      'the option after has to be an id, a string, not number',
    )
    expect(() => call(news.subscribe, socket, { last: -1 })).toThrow(RangeError)
    expect(() => call(news.subscribe, {}, {})).toThrow('a socket or a session, not object')
    expect(() => call(news.publish, () => 7)).toThrow('a message is made of a string')
    expect(() => call(news.publish, () => 'x', { exept: 1 })).toThrow('has no option exept')
    expect(news.size).toBe(0)
    expect(() => call(topic, { history: true })).toThrow('topic() needs an object as history')
    expect(() => call(topic, { history: { size: 1 } })).toThrow('no option history.size')
    for (const name of ['messages', 'bytes', 'age']) {
      expect(() => topic({ history: { [name]: -1 } })).toThrow(`the option history.${name} is -1`)
    }
    const broker = { publish() {}, subscribe: () => () => {} }
    expect(() => call(topics, { history: {}, broker })).toThrow('topics() takes history or broker')
    expect(() => Reflect.apply(topic().subscribe, topic(), [socket, { after: 'x' }])).toThrow(
      'subscribe() has options only where the topic has the option history',
    )
  })

  test('publishes nothing that its lens refuses, nor what publishes another message while it is made', () => {
    const counts = topic({ message: Message.json(z.number()), history: {} })
    const { socket, peer } = rig()
    counts.subscribe(socket)
    expect(() => counts.publish(() => Number.NaN)).toThrow(LensFailure)
    const nested = (): number => {
      counts.publish(() => 1)
      return 2
    }
    expect(() => counts.publish(nested)).toThrow('must not publish another one')
    counts.publish(() => 3)
    const late = rig()
    counts.subscribe(late.socket, { last: 9 })
    for (const each of [peer, late.peer]) expect(each.shown()).toEqual(['1 1', '1 3'])
  })
})

describe('a history that does not reach as far back', () => {
  /** Whether a subscriber with that id gets all it has missed, and what it gets. */
  function resumed(news: HistoryTopic, after: string | undefined): readonly [boolean, ...string[]] {
    const { socket, peer } = rig()
    const { recovered } = news.subscribe(socket, { after })
    const shown = peer.shown()
    socket.terminate()
    return [recovered, ...shown]
  }

  test.each([
    ['messages', { messages: 2 }],
    ['bytes', { bytes: 5 }],
  ])('because of the number of %s says so', (_, history) => {
    const news = topic({ history })
    const [a, b, c, d] = tell(news, 'aa', 'bb', 'cc', 'dd')
    expect([a, b, c, d].map((id) => resumed(news, id))).toEqual([
      [false],
      [true, '1 cc', '1 dd'],
      [true, '1 dd'],
      [true],
    ])
  })

  test('because of a message that is too large says so, and goes on behind it', () => {
    const news = topic({ history: { bytes: 5 } })
    const [a, b] = tell(news, 'a', 'much too large')
    expect([a, b].map((id) => resumed(news, id))).toEqual([[false], [true]])
    tell(news, 'c')
    expect([a, b].map((id) => resumed(news, id))).toEqual([[false], [true, '1 c']])
  })

  test('because of the age says so, to the millisecond', () => {
    const clock = new VirtualClock()
    const news = topic({ history: { age: 1_000, clock } })
    const [a] = tell(news, 'a')
    clock.advance(600)
    const [b] = tell(news, 'b')
    clock.advance(399)
    tell(news, 'c')
    const { lastId: id } = news.subscribe(rig().socket)
    expect(resumed(news, a)).toEqual([true, '1 b', '1 c'])
    clock.advance(1)
    expect(resumed(news, a)).toEqual([true, '1 b', '1 c'])
    clock.advance(600)
    expect([a, b].map((each) => resumed(news, each))).toEqual([[false], [true, '1 c']])
    clock.advance(10_000)
    expect([a, b, id].map((each) => resumed(news, each))).toEqual([[false], [false], [true]])
  })

  test('knows the ids of a quiet topic while it has subscribers, and for the age after that', () => {
    const age = 10_000
    const clock = new VirtualClock()
    const rooms = topics({ history: { age, clock } })
    const [ann, ben] = [rig(), rig()]
    rooms('coffee').subscribe(ann.socket)
    const [id] = tell(rooms('tea'), 'a')
    const start = rooms('milk').subscribe(ben.socket).lastId
    rooms('tea').subscribe(ben.socket)
    for (let i = 0; i < 100; i++) {
      clock.advance(age / 4)
      // Topics that are forgotten, all the time.
      tell(rooms(`cup ${i}`), 'x')
    }
    ben.socket.terminate()
    for (let i = 0; i < 5; i++) {
      clock.advance(age - 1)
      expect(resumed(rooms('tea'), id)).toEqual([true])
      expect(resumed(rooms('milk'), start)).toEqual([true])
    }
    clock.advance(3 * age)
    expect(resumed(rooms('tea'), id)).toEqual([false])
    ann.socket.terminate()
    clock.advance(3 * age)
    expect(clock.pending).toBe(0)
  })

  test('gives the last messages in its place if asked to', () => {
    const news = topic({ history: { messages: 2 } })
    const [a] = tell(news, 'a', 'b', 'c', 'd')
    const { socket, peer } = rig()
    expect(news.subscribe(socket, { after: a, last: 1 }).recovered).toBe(false)
    tell(news, 'e')
    expect(peer.shown()).toEqual(['1 d', '1 e'])
  })

  test('knows no ids of others, before a restart, or made up', () => {
    const [news, other] = [topic({ history: {} }), topic({ history: {} })]
    const [a] = tell(news, 'a', 'b')
    const [foreign] = tell(other, 'a', 'b')
    const origin = a!.slice(0, a!.indexOf('-'))
    const wrong = [foreign, '', '1', '-', a!.slice(1), ` ${a}`, origin, `${origin}-`, `${origin}-1`]
    const more = ['000000000003', '00000000001.5', '0000000000-1', '000000000NaN']
    for (const id of [...wrong, ...more.map((end) => `${origin}-${end}`), '9'.repeat(100_000)]) {
      expect([id, ...resumed(news, id)]).toEqual([id, false])
    }
  })
})

describe('what is published while somebody subscribes with an id', () => {
  test('comes after what they have missed, for all', () => {
    const news = topic({ history: {} })
    const [a] = tell(news, 'a', 'b', 'c')
    const [ann, ben] = [rig(), rig()]
    news.subscribe(ann.socket)
    let first = true
    const view = decorate(ben.socket, {
      send(message, next) {
        if (first) tell(news, 'd')
        first = false
        return next(message)
      },
    })
    expect(news.subscribe(view, { after: a }).recovered).toBe(true)
    expect(ben.peer.shown()).toEqual(['1 b', '1 c', '1 d'])
    expect(ann.peer.shown()).toEqual(['1 d'])
  })

  test('comes once and in order where they subscribe within a publish', () => {
    const news = topic({ history: {} })
    const [a] = tell(news, 'a', 'b')
    const [ann, ben] = [rig(), rig()]
    const outcomes: boolean[] = []
    const view = decorate(ann.socket, {
      send(message, next) {
        if (message.text() === 'c') {
          tell(news, 'd')
          outcomes.push(news.subscribe(ben.socket, { after: a }).recovered)
          tell(news, 'e')
        }
        return next(message)
      },
    })
    news.subscribe(view)
    tell(news, 'c')
    expect(outcomes).toEqual([true])
    expect(ann.peer.shown()).toEqual(['1 c', '1 d', '1 e'])
    expect(ben.peer.shown()).toEqual(['1 b', '1 c', '1 d', '1 e'])
  })

  test('comes once to those who leave before their turn, and come back with an id', () => {
    const news = topic({ history: {} })
    const [ann, ben] = [rig(), rig()]
    let id = ''
    const view = decorate(ann.socket, {
      send(message, next) {
        news.unsubscribe(ben.socket)
        expect(news.subscribe(ben.socket, { after: id }).recovered).toBe(true)
        id = news.subscribe(ben.socket).lastId
        return next(message)
      },
    })
    news.subscribe(view)
    id = news.subscribe(ben.socket).lastId
    tell(news, 'a', 'b')
    news.unsubscribe(view)
    tell(news, 'c')
    expect(ben.peer.shown()).toEqual(['1 a', '1 b', '1 c'])
  })

  test('is not sent to the one who leaves meanwhile', () => {
    const news = topic({ history: {} })
    tell(news, 'a', 'b', 'c')
    const { socket, peer } = rig()
    const view = decorate(socket, {
      send(message, next) {
        if (message.text() === 'b') news.unsubscribe(view)
        return next(message)
      },
    })
    news.subscribe(view, { last: 9 })
    expect([peer.shown(), news.size]).toEqual([['1 a', '1 b'], 0])
  })

  test('is not sent from before to the one who leaves meanwhile, and comes back', () => {
    const news = topic({ history: {} })
    const [, b] = tell(news, 'a', 'b', 'c')
    const { socket, peer } = rig()
    let first = true
    const view = decorate(socket, {
      send(message, next) {
        const sent = next(message)
        if (first) {
          first = false
          news.unsubscribe(view)
          news.subscribe(view, { after: b })
        }
        return sent
      },
    })
    news.subscribe(view, { last: 9 })
    tell(news, 'd')
    expect(peer.shown()).toEqual(['1 a', '1 c', '1 d'])
  })
})

describe('what was missed goes', () => {
  test('to typed views, as what they are views of', () => {
    const news = topic({ history: {} })
    tell(news, 'a')
    const [ann, ben] = [rig(), sessionRig()]
    news.subscribe(typed(ann.socket, { receive: Message.text() }), { last: 1 })
    news.subscribe(typed(ben.session, { receive: Message.text() }), { last: 1 })
    for (const { peer } of [ann, ben]) expect(peer.shown()).toEqual(['1 a'])
    expect([...news]).toEqual([ann.socket, ben.session])
  })

  test('to sessions, default and raw, in order with what they send', async () => {
    const news = topic({ history: {} })
    const [a] = tell(news, 'a', 'b', 'c')
    for (const { session, peer } of [sessionRig(), rawRig()]) {
      await session.send('welcome')
      expect(news.subscribe(session, { after: a }).recovered).toBe(true)
      await session.send('own')
      expect(peer.shown()).toEqual(['1 welcome', '1 b', '1 c', '1 own'])
    }
  })

  test('through the filters around the subscriber', () => {
    const news = topic({ history: {} })
    tell(news, 'a', 'b')
    const { socket, peer } = rig()
    const view = decorate(socket, {
      send: (message, next) => next(message.body(message.text().toUpperCase())),
    })
    news.subscribe(view, { last: 9 })
    tell(news, 'c')
    expect(peer.shown()).toEqual(['1 A', '1 B', '1 C'])
  })

  test.each([
    ['before it subscribed', ['no', 'b'], []],
    ['afterwards', [], ['no', 'b']],
  ])(
    'to nobody any more whose filter throws, for what was kept %s: it has to come back',
    (_, before, after) => {
      const onError = vi.fn<(error: Error, subscriber: unknown) => void>()
      const news = topic({ history: {}, onError })
      tell(news, 'a', ...before)
      const other = rig()
      news.subscribe(other.socket, { last: 9 })
      const { socket, peer } = rig()
      const view = failing(socket)
      news.subscribe(view, { last: 9 })
      tell(news, ...after)
      expect(peer.frames().map(({ opcode }) => opcode)).toEqual([1, 8])
      expect(socket.link.closeRecord ?? socket.state).toBe('closing')
      expect(onError.mock.calls).toEqual([[new Error('no'), view]])
      expect(other.peer.shown()).toEqual(['1 a', '1 no', '1 b'])
    },
  )

  test('no further where the filter of a session throws when its turn comes', async () => {
    const onError = vi.fn<(error: Error, subscriber: unknown) => void>()
    const news = topic({ history: {}, onError })
    const { socket, peer } = rig()
    const session = new DefaultWebSocketSessionImpl(failing(socket))
    news.subscribe(session)
    peer.stall()
    void session.send('b'.repeat(70_000))
    tell(news, 'no', 'b')
    peer.read()
    await settled()
    expect(onError.mock.calls).toEqual([[new Error('no'), session]])
    expect(peer.frames().at(-1)?.opcode).toBe(8)
  })

  test.each([
    [
      'at once',
      () => {
        throw new Error('nor that')
      },
    ],
    ['later', () => Promise.reject(new Error('nor that'))],
  ])('and nothing is unhandled where even closing fails, %s', async (_, close) => {
    const onError = vi.fn<(error: Error) => void>()
    const news = topic({ history: {}, onError })
    const { session } = sessionRig()
    session.send = () => {
      throw new Error('no')
    }
    session.close = close
    news.subscribe(session)
    tell(news, 'a')
    await settled()
    expect(onError.mock.calls[0]).toEqual([new Error('no'), session])
  })

  test('on where a filter throws for what is not kept', () => {
    const onError = vi.fn<(error: Error, subscriber: unknown) => void>()
    const news = topic({ history: {}, onError })
    const { socket, peer } = rig()
    const view = failing(socket)
    news.subscribe(view)
    news.publish('no')
    tell(news, 'a')
    expect(peer.shown()).toEqual(['1 a'])
    expect(onError).toHaveBeenCalledOnce()
  })

  test('to slow sockets only as far as their limit', () => {
    const news = topic({ history: {} })
    tell(news, 'aaaa', 'bbbb', 'cccc', 'dddd')
    const slow = rig({ maxBufferedAmount: 15 })
    watch(slow)
    slow.peer.stall()
    news.subscribe(slow.socket, { last: 9 })
    expect(news.size).toBe(0)
    expect(slow.log.at(-1)).toBe('close 1013 Try again later')
    slow.peer.read()
    expect(slow.peer.frames().map(({ opcode }) => opcode)).toEqual([1, 1, 8])
  })

  test('encoded once for all', () => {
    const news = topic({ history: {} })
    const made = vi.fn(() => 'a')
    news.publish(made)
    for (let i = 0; i < 3; i++) news.subscribe(rig().socket, { last: 1 })
    expect(made).toHaveBeenCalledTimes(1)
  })
})
