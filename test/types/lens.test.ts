import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expectTypeOf, test } from 'vitest'
import * as z from 'zod'
import { json } from '../../src/format/json.ts'
import { asking } from '../../src/lens/asking.ts'
import { Body, type BodyLens } from '../../src/lens/body.ts'
import { Header } from '../../src/lens/header.ts'
import type { Lens, ReadLens } from '../../src/lens/lens.ts'
import { Message } from '../../src/lens/message.ts'
import { Path } from '../../src/lens/path.ts'
import { Query } from '../../src/lens/query.ts'
import type { RequestEdit, RequestLens, RequestReader } from '../../src/lens/request-lens.ts'
import type { TypedWsClient } from '../../src/lens/typed-client.ts'
import type { TypedLenses, TypedWebsocket } from '../../src/lens/typed-websocket.ts'
import type { PathParams } from '../../src/routing/path-params.ts'
import { typed } from '../../src/session/typed/typed.ts'
import type { WsClient } from '../../src/websocket/client/ws-client.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import type { UpgradeRequest } from '../../src/websocket/request/upgrade-request.ts'
import type { Websocket } from '../../src/websocket/websocket.ts'
import type { WsMessage } from '../../src/websocket/ws-message.ts'

/** A test for the compiler: `check` is compiled and never run. */
function types(name: string, _check: () => void): void {
  test(`${name}`, () => {})
}

declare const request: UpgradeRequest
declare const inRoom: UpgradeRequest<PathParams<'/rooms/:room'>>
declare const inFiles: UpgradeRequest<PathParams<'/files/*'>>
declare const socket: Websocket
declare const frameSocket: FrameSocket
declare const peer: WsClient
declare const atHome: UpgradeRequest<PathParams<'/home'>>

const Move = z.object({
  to: z.string(),
  at: z.iso.datetime().transform((text) => new Date(text)),
})
interface MoveOut {
  to: string
  at: Date
}
interface MoveIn {
  to: string
  at: string
}

describe('lenses for requests', () => {
  types('have the type of their spec', () => {
    expectTypeOf(Query.string().required('a')).toEqualTypeOf<RequestLens<string>>()
    expectTypeOf(Query.int().optional('a')).toEqualTypeOf<RequestLens<number | undefined>>()
    expectTypeOf(Query.number().defaulted('a', 1)).toEqualTypeOf<
      RequestLens<number, number | undefined>
    >()
    expectTypeOf(Query.date().multi.required('a')).toEqualTypeOf<
      RequestLens<Date[], readonly Date[]>
    >()
    expectTypeOf(Header.bytes().required('a')).toEqualTypeOf<
      RequestLens<Uint8Array<ArrayBuffer>, Uint8Array>
    >()
    expectTypeOf(Header.enum('asc', 'desc').required('a')).toEqualTypeOf<
      RequestLens<'asc' | 'desc'>
    >()
  })

  types('read a request with any parameters, and write into it', () => {
    const page = Query.int().required('page')
    expectTypeOf(page(inRoom)).toEqualTypeOf<number>()
    expectTypeOf(page.create(1)).toEqualTypeOf<RequestEdit>()
    expectTypeOf(page.create(1)(inRoom)).toEqualTypeOf(inRoom)
  })

  types('do not take what is not theirs', () => {
    // @ts-expect-error: a number is not text
    Query.int().required('page').create('1')
    // @ts-expect-error: nor is a required one left out
    Query.int().required('page').create(undefined)
    // @ts-expect-error: the default is a value of the lens
    Query.int().defaulted('page', 'one')
    // @ts-expect-error: not one of the values
    Header.enum('asc', 'desc').required('order').create('up')
    // @ts-expect-error: nor is the default
    Header.enum('asc', 'desc').defaulted('order', 'up')
    // @ts-expect-error: one value is no list
    Query.int().multi.required('id').create(1)
    // @ts-expect-error: a message is no request
    Query.int().required('page')({} as WsMessage)
  })

  types('mapped one way have no create', () => {
    const length = Query.string().map((text) => text.length)
    expectTypeOf(length.required('q')).toEqualTypeOf<RequestReader<number>>()
    expectTypeOf(length.multi.optional('q')).toEqualTypeOf<RequestReader<number[] | undefined>>()
    // @ts-expect-error: it cannot be written
    length.required('q').create(1)
    // @ts-expect-error: nor mapped back
    length.map(String, Number)
  })

  types('mapped two ways read and write what they are mapped to', () => {
    const big = Query.string().map(BigInt, (n) => `${n}`)
    expectTypeOf(big.required('n')).toEqualTypeOf<RequestLens<bigint>>()
    // @ts-expect-error: the way back must end where the way began
    Query.int().map(BigInt, (n) => `${n}`)
  })

  types('with a schema read its output and write its input', () => {
    const at = Query.string().schema(z.iso.datetime().transform((text) => new Date(text)))
    expectTypeOf(at.required('at')).toEqualTypeOf<RequestLens<Date, string>>()
    const page = Query.string().schema(z.coerce.number())
    expectTypeOf(page.required('page')).toEqualTypeOf<RequestLens<number, string>>()
    const order = Query.string().schema(v.picklist(['asc', 'desc']))
    expectTypeOf(order.required('o')).toEqualTypeOf<RequestLens<'asc' | 'desc'>>()
    const id = Query.string().schema(type('string').brand('id')).required('id')
    expectTypeOf(id(request)).toExtend<string>()
    expectTypeOf<string>().not.toExtend<ReturnType<typeof id>>()
    expectTypeOf(id.create).parameter(0).toEqualTypeOf<string>()
  })
})

describe('path lenses', () => {
  types('agree with the parameters of a route', () => {
    const room = Path.string().required('room')
    expectTypeOf(room).toEqualTypeOf<RequestLens<string, string, 'room'>>()
    expectTypeOf(room(inRoom)).toEqualTypeOf<string>()
    expectTypeOf(Path.string().multi.required('*')(inFiles)).toEqualTypeOf<string[]>()
    // @ts-expect-error: this route has another parameter
    Path.int().required('id')(inRoom)
    // @ts-expect-error: this one has none
    room(atHome)
    // @ts-expect-error: nor is it there when only read
    Path.int().map(String).required('id')(inRoom)
  })

  types('take a request whose parameters are not known', () => {
    expectTypeOf(Path.int().required('id')(request)).toEqualTypeOf<number>()
  })

  types('that do without the parameter take any request', () => {
    expectTypeOf(Path.int().optional('id')(atHome)).toEqualTypeOf<number | undefined>()
    expectTypeOf(Path.int().defaulted('id', 0)(inRoom)).toEqualTypeOf<number>()
  })
})

describe('lenses for messages', () => {
  types('with a schema read its output and write its input', () => {
    expectTypeOf(Message.json(Move)).toEqualTypeOf<Lens<WsMessage, MoveOut, MoveIn>>()
    expectTypeOf(Message.format(json, Move)).toEqualTypeOf<Lens<WsMessage, MoveOut, MoveIn>>()
    const valibot = Message.json(v.pipe(v.string(), v.transform(Number)))
    expectTypeOf(valibot).toEqualTypeOf<Lens<WsMessage, number, string>>()
    const arktype = Message.json(type('string').pipe((text) => text.length))
    expectTypeOf(arktype).toEqualTypeOf<Lens<WsMessage, number, string>>()
    // @ts-expect-error: the output is not the input
    Message.json(Move).create({ to: 'e4', at: new Date() })
    // @ts-expect-error: a property is missing
    Message.json(Move).create({ to: 'e4' })
    // @ts-expect-error: no schema
    Message.json({})
  })

  types('with a schema of any input write anything, not only what it makes of it', () => {
    const texts = z.preprocess((text) => JSON.parse(String(text)), z.number())
    expectTypeOf(Message.json(texts)).toEqualTypeOf<Lens<WsMessage, number, unknown>>()
    expectTypeOf(Message.json(z.coerce.date())).toEqualTypeOf<Lens<WsMessage, Date, unknown>>()
    const valibot = v.pipe(v.unknown(), v.transform(Number))
    expectTypeOf(Message.json(valibot)).toEqualTypeOf<Lens<WsMessage, number, unknown>>()
    const arktype = type('unknown').pipe(Number)
    expectTypeOf(Message.json(arktype)).toEqualTypeOf<Lens<WsMessage, number, unknown>>()
  })

  types('with a schema whose type is written out have the input that it names', () => {
    const any: z.ZodType<{ n: number }> = z.object({ n: z.number() })
    expectTypeOf(Message.json(any)).toEqualTypeOf<Lens<WsMessage, { n: number }, unknown>>()
    const both: z.ZodType<{ n: number }, { n: number }> = z.object({ n: z.number() })
    expectTypeOf(Message.json(both)).toEqualTypeOf<Lens<WsMessage, { n: number }>>()
    const told = z.object({ n: z.number() }) satisfies z.ZodType<{ n: number }>
    expectTypeOf(Message.json(told)).toEqualTypeOf<Lens<WsMessage, { n: number }>>()
    const valibot: v.GenericSchema<{ n: number }> = v.object({ n: v.number() })
    expectTypeOf(Message.json(valibot)).toEqualTypeOf<Lens<WsMessage, { n: number }>>()
  })

  types('without one know nothing', () => {
    expectTypeOf(Message.json()).toEqualTypeOf<Lens<WsMessage, unknown>>()
    expectTypeOf(Message.format(json)).toEqualTypeOf<Lens<WsMessage, unknown>>()
    expectTypeOf(Message.text()).toEqualTypeOf<Lens<WsMessage, string>>()
  })

  types('map like the others', () => {
    const lines = Message.text().map((text) => text.split('\n'))
    expectTypeOf(lines).toEqualTypeOf<ReadLens<WsMessage, string[]>>()
    const numbers = Message.text().map(Number, (n) => `${n}`)
    expectTypeOf(numbers).toEqualTypeOf<Lens<WsMessage, number>>()
    // @ts-expect-error: it cannot be written
    lines.create([''])
  })
})

types('lenses for bodies are asynchronous', () => {
  expectTypeOf(Body.json(Move)).toEqualTypeOf<BodyLens<MoveOut, MoveIn>>()
  expectTypeOf(Body.text()({} as Request)).toEqualTypeOf<Promise<string>>()
  expectTypeOf(Body.text().create('a')(new Response())).toEqualTypeOf<Response>()
  expectTypeOf(Body.text().create('a')({} as Request)).toEqualTypeOf<Request>()
  // @ts-expect-error: bytes are no text
  Body.text().create(new Uint8Array())
})

describe('typed views', () => {
  const lenses = { receive: Message.json(Move), send: Message.text() }
  const frames = (socket: FrameSocket) => typed(socket, lenses)
  const client = (peer: WsClient) => typed(peer, lenses)

  types('have the types of their lenses, and keep that of the socket', () => {
    expectTypeOf(frames).returns.toEqualTypeOf<TypedWebsocket<MoveOut, string, FrameSocket>>()
    expectTypeOf(client).returns.toEqualTypeOf<TypedWsClient<MoveOut, string>>()
  })

  types('may be of one kind or the other', () => {
    const either = (end: Websocket | WsClient) => typed(end, lenses)
    expectTypeOf(either)
      .returns.toHaveProperty('send')
      .toEqualTypeOf<((value: string) => boolean) | ((value: string) => Promise<void>)>()
  })

  types('may be of one kind or the other, and only receive', () => {
    const either = (end: Websocket | WsClient) => typed(end, { receive: lenses.receive })
    expectTypeOf(either).returns.toHaveProperty('send').parameter(0).toBeNever()
  })

  types('receive and send nothing else', () => {
    const view = typed(socket, lenses)
    view.send('text')
    view.onMessage((move) => expectTypeOf(move).toEqualTypeOf<MoveOut>())
    for (const move of client(peer).received()) expectTypeOf(move).toEqualTypeOf<MoveOut>()
    // @ts-expect-error: what is received is not what is sent
    view.send({ to: 'e4', at: new Date() })
    // @ts-expect-error: nor is it a number
    view.onMessage((move: number) => move)
    // @ts-expect-error: a client no more than a socket
    client(peer).send(1)
    // @ts-expect-error: a lens that cannot write cannot send
    typed(socket, { receive: Message.text(), send: Message.text().map(Number) })
    // @ts-expect-error: a lens for requests reads no messages
    typed(socket, { receive: Query.int().required('page'), send: Message.text() })
  })

  types('without a lens to send do not send', () => {
    const news = { receive: Message.json(Move) }
    const view = typed(socket, news)
    expectTypeOf(view).toEqualTypeOf<TypedWebsocket<MoveOut, never, typeof socket>>()
    expectTypeOf(typed(peer, { ...news, send: undefined })).toEqualTypeOf<
      TypedWsClient<MoveOut, never>
    >()
    // @ts-expect-error: there is no lens for it
    view.send('text')
    // @ts-expect-error: a client no more than a socket
    typed(peer, news).send('text')
    // @ts-expect-error: whatever is expected of it
    const both: TypedWebsocket<MoveOut, string> = typed(socket, news)
    // @ts-expect-error: nor is it there for being named
    typed<MoveOut, string>(socket, news)
    const perhaps = [Message.text()][0]
    // @ts-expect-error: nor may it be missing
    typed(socket, { ...news, send: perhaps })
    // @ts-expect-error: nor where a view is made for others
    const lenses: TypedLenses<MoveOut, string> = news
    typed(socket, lenses)
    // @ts-expect-error: a misspelt lens is none
    typed(socket, { receive: Message.text(), sent: Message.text() })
    return both
  })

  types('that receive more or send less stand in for each other', () => {
    type View = TypedWebsocket<{ to: string }, 'a' | 'b'>
    expectTypeOf<TypedWebsocket<MoveOut, string>>().toExtend<View>()
    expectTypeOf<TypedWebsocket<{ to: string }, 'a'>>().not.toExtend<View>()
    expectTypeOf<TypedWebsocket<{}, string>>().not.toExtend<View>()
  })
})

describe('questions', () => {
  const answer = Message.json(z.object({ id: z.int(), move: z.string() }))

  types('resolve to what the lens for answers reads, over the socket that was given', () => {
    const { socket: view, ask } = asking(frameSocket, { answer })
    expectTypeOf(view).toEqualTypeOf<FrameSocket>()
    expectTypeOf(ask((id) => `${id.toFixed()}?`)).resolves.toEqualTypeOf<{
      id: number
      move: string
    }>()
    // @ts-expect-error: a question is a message
    void ask((id) => id)
    // @ts-expect-error: a misspelt option is none
    void ask(String, { timeouts: 1 })
  })

  types('need a lens whose values have a number', () => {
    // @ts-expect-error: text has none
    asking(socket, { answer: Message.text() })
    // @ts-expect-error: and it has to be a number
    asking(socket, { answer: Message.json(z.object({ id: z.string() })) })
    asking(socket, { answer: Message.text().map((text) => ({ id: Number(text) })) })
  })
})
