import { describe, expectTypeOf, test } from 'vitest'
import * as z from 'zod'
import type { HibernatableSocket } from '../../src/cloudflare/index.ts'
import {
  type Broker,
  type Capable,
  type DefaultWebSocketServerSession,
  type FrameSocket,
  type HistoryTopic,
  type HistoryTopics,
  type Lens,
  Message,
  type RawWebSocketSession,
  type SharedSubscription,
  type SharedTopic,
  type SharedTopics,
  type Subscriber,
  type Subscription,
  sharedTopics,
  type Topic,
  type TopicLog,
  type Topics,
  topic,
  topics,
  typed,
  type Websocket,
  type WsClient,
  WsMessage,
} from '../../src/index.ts'

/** A test for the compiler: `check` is compiled and never run. */
function types(name: string, _check: () => void): void {
  test(`${name}`, () => {})
}

declare const socket: Websocket
declare const frameSocket: FrameSocket
declare const capable: Capable<'ping'>
declare const session: DefaultWebSocketServerSession
declare const raw: RawWebSocketSession
declare const client: WsClient
declare const sleepy: HibernatableSocket<undefined>
declare const broker: Broker
declare const log: TopicLog

const move: Lens<WsMessage, { x: number }, { x: number | string }> = Message.json(
  z.object({ x: z.union([z.number(), z.string().transform(Number)]) }),
)

describe('topics', () => {
  types('take sockets and sessions, and typed views of both', () => {
    const news = topic()
    expectTypeOf(news.subscribe(socket)).toEqualTypeOf<() => void>()
    news.subscribe(frameSocket)
    news.subscribe(capable)
    news.subscribe(session)
    news.subscribe(raw)
    news.subscribe(typed(socket, { receive: move }))
    news.subscribe(typed(frameSocket, { receive: move, send: move }))
    news.subscribe(typed(session, { receive: move, send: move }))
    expectTypeOf(news.publish('x', { except: typed(socket, { receive: move }) })).toBeNumber()
    for (const subscriber of news) expectTypeOf(subscriber).toEqualTypeOf<Subscriber>()
    // @ts-expect-error a client is no subscriber: its `opened` is
    news.subscribe(client)
    // @ts-expect-error it would be gone after the first sleep
    news.subscribe(sleepy)
  })

  types('publish messages, text and bytes', () => {
    const news = topic()
    expectTypeOf(news).toEqualTypeOf<Topic>()
    news.publish('text')
    news.publish(new Uint8Array())
    news.publish(WsMessage.text('text'))
    // @ts-expect-error
    news.publish({ x: 1 })
  })

  types('publish what their lens takes', () => {
    const moves = topic({ message: move })
    expectTypeOf(moves).toEqualTypeOf<Topic<{ x: number | string }>>()
    moves.publish({ x: '1' })
    // @ts-expect-error
    moves.publish('1')
    expectTypeOf(topic({ message: Message.text() })).toEqualTypeOf<Topic<string>>()
    const perhaps = Math.random() > 0.5 ? move : undefined
    // @ts-expect-error without a lens, what is published is another type
    topic({ message: perhaps })
  })

  types('may be found by name', () => {
    expectTypeOf(topics()).toEqualTypeOf<Topics>()
    expectTypeOf(topics({ message: move })).toEqualTypeOf<Topics<{ x: number | string }>>()
    expectTypeOf(topics({ broker })('lobby')).toEqualTypeOf<Topic>()
    expectTypeOf(topics().names()).toEqualTypeOf<string[]>()
    // @ts-expect-error a topic on its own has no name, and so no broker
    topic({ broker })
  })

  types(
    'with a history give ids to those who publish, and take them from those who subscribe',
    () => {
      const news = topic({ history: {} })
      expectTypeOf(news).toEqualTypeOf<HistoryTopic>()
      news.publish('not kept')
      news.publish((id) => `${id} hello`, { except: socket })
      expectTypeOf(news.subscribe(session)).toEqualTypeOf<Subscription>()
      const { recovered, caughtUp, lastId } = news.subscribe(typed(socket, { receive: move }), {
        after: 'x',
        last: 5,
      })
      expectTypeOf([recovered, lastId]).toEqualTypeOf<(boolean | string)[]>()
      expectTypeOf(caughtUp).toEqualTypeOf<Promise<boolean>>()
      const plain: Topic = news
      plain.subscribe(socket)
      // @ts-expect-error
      news.publish(() => 7)
      // @ts-expect-error
      news.subscribe(socket, { after: 7 })
      // @ts-expect-error
      plain.subscribe(socket, { after: 'x' })
      // @ts-expect-error without a history, there are no ids
      topic().publish((id: string) => id)
    },
  )

  types('with a history and a lens take functions that return its values', () => {
    const moves = topics({ message: move, history: { messages: 50 } })
    expectTypeOf(moves).toEqualTypeOf<HistoryTopics<{ x: number | string }>>()
    moves('lobby').publish((id) => ({ x: id }))
    moves('lobby').publish({ x: 1 })
    topic({ message: Message.json(), history: {} }).publish((id) => ({ id, any: 'thing' }))
    // @ts-expect-error
    moves('lobby').publish((id) => id)
  })

  types('have a history or a broker', () => {
    // @ts-expect-error processes do not agree on one order
    topics({ history: {}, broker })
    const both = { history: {}, broker }
    // @ts-expect-error
    topics(both)
    const perhaps = Math.random() > 0.5 ? {} : undefined
    // @ts-expect-error without a history, it is another type
    topic({ history: perhaps })
    expectTypeOf(topics({ history: undefined, broker })).toEqualTypeOf<Topics>()
  })

  types('that share a log are a kind of their own', () => {
    const rooms = sharedTopics({ log, withId: (id, message) => `${id} ${message.text()}` })
    expectTypeOf(rooms).toEqualTypeOf<SharedTopics>()
    expectTypeOf(rooms('tea')).toEqualTypeOf<SharedTopic>()
    expectTypeOf(rooms('tea').publish('x', { except: socket })).toEqualTypeOf<Promise<string>>()
    expectTypeOf(rooms('tea').lastId()).toEqualTypeOf<Promise<string | undefined>>()
    const subscription = rooms('tea').subscribe(session, { after: 'x', last: 5 })
    expectTypeOf(subscription).toEqualTypeOf<SharedSubscription>()
    expectTypeOf(subscription.recovered).toEqualTypeOf<Promise<boolean>>()
    expectTypeOf(subscription.caughtUp).toEqualTypeOf<Promise<boolean>>()
    const moves = sharedTopics({ log, message: move })
    void moves('tea').publish({ x: '1' })
    // @ts-expect-error
    void moves('tea').publish('1')
    // @ts-expect-error a promise is no answer
    if (subscription.recovered) return
    // @ts-expect-error the id is known only once the log has given it
    void rooms('tea').publish((id: string) => id)
    // @ts-expect-error
    sharedTopics({ log, history: {} })
    // @ts-expect-error
    sharedTopics({ log, broker })
    // @ts-expect-error
    topics({ log })
    // @ts-expect-error
    sharedTopics({})
    // @ts-expect-error
    sharedTopics({ log, withId: (id: string) => Number(id) })
    // @ts-expect-error it does not tell at once
    const plain: Topic = rooms('tea')
    plain.publish('x')
  })
})
