import { toJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expectTypeOf, test } from 'vitest'
import * as z from 'zod'
import { connect as connectPage } from '../../src/client/index.ts'
import {
  asyncApi,
  Body,
  bindEndpoint,
  type Capable,
  connectTo,
  type DefaultWebSocketServerSession,
  type Endpoint,
  type EndpointInput,
  type EndpointValues,
  endpoint,
  Header,
  Message,
  type MessageIn,
  type MessageOut,
  Path,
  Query,
  requestTo,
  type StandardSchemaV1,
  type TypedSession,
  type TypedWebsocket,
  type TypedWsClient,
  typed,
  type UpgradeRequest,
  type Websocket,
  type WsClient,
  type WsRouter,
  webSocketEndpoint,
  websockets,
} from '../../src/index.ts'
import { connect, open, SessionClient } from '../../src/node/index.ts'
import { type AppContext, testWsClient } from '../../src/testing/index.ts'

/** A test for the compiler: `check` is compiled and never run. */
function types(name: string, _check: () => void): void {
  test(`${name}`, () => {})
}

declare const socket: Websocket
declare const client: WsClient
declare const contract: AppContext

const Said = z.object({ at: z.iso.datetime().transform((text) => new Date(text)) })
interface SaidOut {
  at: Date
}
interface SaidIn {
  at: string
}

const request = {
  seat: Path.int().required('seat'),
  after: Query.date().optional('after'),
  page: Query.int().defaulted('page', 1),
  user: Header.enum('ann', 'bob').required('X-User'),
}
const chat = endpoint('/rooms/:room/:seat', {
  request,
  fromClient: Message.json(z.object({ say: z.string() })),
  fromServer: Message.json(Said),
})
const news = endpoint('/news', { fromServer: Message.text() })

describe('the values of an endpoint', () => {
  types('are those of its lenses, and the texts of the other path parameters', () => {
    expectTypeOf<EndpointValues<typeof chat>>().toEqualTypeOf<{
      readonly room: string
      readonly seat: number
      readonly after: Date | undefined
      readonly page: number
      readonly user: 'ann' | 'bob'
    }>()
    expectTypeOf<EndpointInput<typeof chat>>().toEqualTypeOf<{
      readonly room: string
      readonly seat: number
      readonly after?: Date | undefined
      readonly page?: number | undefined
      readonly user: 'ann' | 'bob'
    }>()
  })

  types('are those of any endpoint, for functions that take one', () => {
    function follow<E extends Endpoint>(
      to: E,
      values: EndpointInput<E>,
    ): TypedWsClient<MessageOut<E['fromServer']>, MessageIn<E['fromClient']>> {
      return connectTo(to, '', values, connect)
    }
    expectTypeOf(follow(chat, { room: 'a', seat: 1, user: 'ann' })).toEqualTypeOf<
      TypedWsClient<SaidOut, { say: string }>
    >()
    // @ts-expect-error: there is no user
    follow(chat, { room: 'a', seat: 1 })
    function welcome({ room }: EndpointValues<typeof chat>): void {
      expectTypeOf(room).toEqualTypeOf<string>()
    }
    bindEndpoint(chat, (values) => () => welcome(values))
  })

  types('are given by clients, all that are required and no others', () => {
    const values = { room: 'a', seat: 1, user: 'ann' } as const
    requestTo(chat, '', values)
    requestTo(chat, '', { ...values, after: undefined, page: 2 })
    // @ts-expect-error: there is no user
    requestTo(chat, '', { room: 'a', seat: 1 })
    // @ts-expect-error: it is a number
    requestTo(chat, '', { ...values, seat: '1' })
    // @ts-expect-error: it has another name
    requestTo(chat, '', { ...values, pages: 1 })
  })
})

describe('a server', () => {
  types('has values and sockets of their types', () => {
    bindEndpoint(chat, (values, upgrade) => {
      expectTypeOf(values.seat).toEqualTypeOf<number>()
      expectTypeOf(upgrade).toEqualTypeOf<
        UpgradeRequest<{ readonly room: string; readonly seat: string }>
      >()
      return (peer) => {
        expectTypeOf(peer).toEqualTypeOf<TypedWebsocket<{ say: string }, SaidIn>>()
        // @ts-expect-error: it is a text
        peer.send({ at: new Date() })
      }
    })
    bindEndpoint(news, () => (peer) => {
      expectTypeOf(peer).toEqualTypeOf<TypedWebsocket<never, string>>()
    })
    bindEndpoint(chat, async ({ room }) => (room === '' ? new Response() : undefined))
    // @ts-expect-error: nobody would know what that is
    bindEndpoint(chat, () => 'hello')
    // @ts-expect-error: the subprotocol is that of the endpoint
    bindEndpoint(chat, { protocol: 'chat' }, () => undefined)
  })

  types('has sessions of their types', () => {
    webSocketEndpoint(chat, async (session, values) => {
      expectTypeOf(values.room).toEqualTypeOf<string>()
      expectTypeOf(session).toEqualTypeOf<
        TypedSession<
          { say: string },
          SaidIn,
          DefaultWebSocketServerSession<{ readonly room: string; readonly seat: string }>
        >
      >()
    })
    // @ts-expect-error: a frame that controls holds no value
    webSocketEndpoint(chat, { controlFrames: true }, () => {})
    // @ts-expect-error: there is no such option
    webSocketEndpoint(chat, { ping: 1 }, () => {})
    // @ts-expect-error: there is no such limit
    webSocketEndpoint(chat, { limits: { maxSize: 1 } }, () => {})
  })

  types('says what it asks of an engine', () => {
    expectTypeOf(websockets(bindEndpoint(chat, () => () => {}))).toEqualTypeOf<WsRouter>()
    const limited = bindEndpoint(chat, { limits: { maxFrameSize: 1 } }, () => () => {})
    expectTypeOf(websockets(limited)).toEqualTypeOf<WsRouter<Capable<'frameLimits'>>>()
    const small = bindEndpoint(chat, { limits: { maxMessageSize: 1 } }, () => () => {})
    expectTypeOf(websockets(small)).toEqualTypeOf<WsRouter>()
    // @ts-expect-error: there is no such limit
    bindEndpoint(chat, { limits: { maxSize: 1 } }, () => () => {})
    type Pinging = TypedWebsocket<{ say: string }, SaidIn, Capable<'ping'>>
    const pinging = bindEndpoint(chat, () => (peer: Pinging) => peer.socket.link.ping())
    expectTypeOf(websockets(pinging)).toEqualTypeOf<WsRouter<Capable<'ping'>>>()
    const session = webSocketEndpoint(chat, { pingInterval: 1 }, () => {})
    expectTypeOf(websockets(session)).toEqualTypeOf<WsRouter<Capable<'pings'>>>()
    const plain = webSocketEndpoint(chat, () => {})
    expectTypeOf(websockets(plain)).toEqualTypeOf<WsRouter>()
  })
})

describe('a client', () => {
  types('is typed, by whatever it connects', () => {
    const values = { room: 'a', seat: 1, user: 'ann' } as const
    const typedClient = connectTo(chat, 'ws://localhost', values, connect)
    expectTypeOf(typedClient).toEqualTypeOf<TypedWsClient<SaidOut, { say: string }>>()
    connectTo(chat, '', values, connectPage)
    connectTo(chat, '', values, contract.connect)
    connectTo(chat, '', values, (url, options) => testWsClient(() => undefined, url, options))
    connectTo(chat, '', values, () => client)
    const reader = connectTo(news, '', {}, connect)
    // @ts-expect-error: it has no values
    connectTo(news, '', { room: 'a' }, connect)
    // @ts-expect-error: this side sends nothing
    reader.send('hello')
  })

  types('can have a lens for a schema that only its caller knows', () => {
    const echoing = <In, Out extends In>(schema: StandardSchemaV1<In, Out>) => {
      const echo = endpoint('/echo', {
        fromClient: Message.json(schema),
        fromServer: Message.json(schema),
      })
      bindEndpoint(echo, () => (socket) => socket.onMessage((value) => socket.send(value)))
      return echo
    }
    const reader = connectTo(echoing(z.int()), '', {}, connect)
    expectTypeOf(reader).toEqualTypeOf<TypedWsClient<number, number>>()
  })

  types('opens sockets and sessions, too', () => {
    const { url, options } = requestTo(news, '', {})
    open(url, options, (opened) => typed(opened, news.clientSide))
    new SessionClient().webSocket(url, options, async (session) => {
      for await (const text of typed(session, news.clientSide).incoming) {
        expectTypeOf(text).toEqualTypeOf<string>()
      }
    })
    expectTypeOf(typed(socket, chat.serverSide)).toEqualTypeOf<
      TypedWebsocket<{ say: string }, SaidIn>
    >()
  })
})

describe('an endpoint', () => {
  types('is made of lenses that read and write', () => {
    // @ts-expect-error: it only reads
    endpoint('/', { fromClient: Message.text().map(Number) })
    // @ts-expect-error: it only reads
    endpoint('/', { request: { length: Query.string().map(Number).required('length') } })
    // @ts-expect-error: no opening request has a body
    endpoint('/', { request: { body: Body.text() } })
    // @ts-expect-error: a lens for a request is none for messages
    endpoint('/', { fromServer: Query.string().required('text') })
    // @ts-expect-error: there is no such option
    endpoint('/', { query: {} })
  })

  types('is documented under its name', () => {
    const info = { title: 'Chat', version: '1.0.0' }
    asyncApi({ info, channels: { chat, news }, payloads: { chat: { fromClient: {} } } })
    for (const fromClient of [
      z.toJSONSchema(Said),
      toJsonSchema(v.string()),
      type('string').toJsonSchema(),
    ]) {
      asyncApi({ info, channels: { chat }, payloads: { chat: { fromClient } } })
    }
    // @ts-expect-error: there is no such channel
    asyncApi({ info, channels: { chat }, payloads: { news: { fromServer: {} } } })
    // @ts-expect-error: it has a version
    asyncApi({ info: { title: 'Chat' }, channels: { chat } })
  })
})
