import { Duplex } from 'node:stream'
import { describe, expectTypeOf, test } from 'vitest'
import * as z from 'zod'
import { Message } from '../../src/lens/message.ts'
import { Path } from '../../src/lens/path.ts'
import { duplex } from '../../src/node/duplex.ts'
import type { CloseReason } from '../../src/protocol/close/close-reason.ts'
import type { CloseRecord } from '../../src/protocol/close/close-record.ts'
import type { Frame, PingFrame, PongFrame } from '../../src/protocol/frame/frame.ts'
import { bind } from '../../src/routing/bind.ts'
import { webSocket, webSocketRaw } from '../../src/routing/session-routes.ts'
import { type WsRouter, websockets } from '../../src/routing/ws-router.ts'
import { type Engine, serve } from '../../src/serving/engine.ts'
import type { ReceiveChannel, SendChannel } from '../../src/session/channel/channel.ts'
import { DefaultWebSocketSessionImpl } from '../../src/session/default-session.ts'
import { pinger } from '../../src/session/low-level/pinger.ts'
import { ponger } from '../../src/session/low-level/ponger.ts'
import { rawWebSocketOver } from '../../src/session/low-level/raw-over-streams.ts'
import { WebSocketReader } from '../../src/session/low-level/web-socket-reader.ts'
import { WebSocketWriter } from '../../src/session/low-level/web-socket-writer.ts'
import { websocketOver } from '../../src/session/low-level/websocket-over.ts'
import { RawWebSocket } from '../../src/session/raw-websocket.ts'
import { run, start } from '../../src/session/run.ts'
import { sendStream } from '../../src/session/send-stream.ts'
import type {
  ClientWebSocketSession,
  DefaultClientWebSocketSession,
  DefaultWebSocketServerSession,
  DefaultWebSocketSession,
  RawWebSocketSession,
  WebSocketServerSession,
  WebSocketSession,
} from '../../src/session/session.ts'
import { streamedMessages } from '../../src/session/streamed-messages.ts'
import { typed } from '../../src/session/typed/typed.ts'
import type { TypedSession } from '../../src/session/typed/typed-session.ts'
import { webStreams } from '../../src/session/web-streams.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import type { Params } from '../../src/websocket/request/upgrade-request.ts'
import type { Websocket } from '../../src/websocket/websocket.ts'

/** A test for the compiler: `check` is compiled and never run. */
function types(name: string, _check: () => void): void {
  test(`${name}`, () => {})
}

declare const session: DefaultWebSocketServerSession
declare const raw: RawWebSocketSession
declare const socket: Websocket
declare const frameSocket: FrameSocket
declare const plainEngine: Engine<Websocket>
declare const frameEngine: Engine<FrameSocket>
declare const stream: Duplex

describe('sessions', () => {
  types('have messages that are streamed, of text or of bytes', () => {
    const check = async (): Promise<void> => {
      for await (const message of streamedMessages(session)) {
        if (message.type === 'text') {
          for await (const chunk of message) expectTypeOf(chunk).toEqualTypeOf<string>()
        } else {
          for await (const chunk of message)
            expectTypeOf(chunk).toEqualTypeOf<Uint8Array<ArrayBuffer>>()
        }
        await sendStream(session, message)
      }
      await sendStream(raw, new Response('a').body ?? [], { signal: session.signal })
      await sendStream(session, stream)
      await sendStream(session, new Set(['a']))
      // @ts-expect-error a number is no chunk
      await sendStream(session, [1])
      // @ts-expect-error it would be sent by its characters
      await sendStream(session, 'abc')
      // @ts-expect-error these are not chunks, but one
      await sendStream(session, new Uint8Array())
      // @ts-expect-error raw sessions answer no Pings
      streamedMessages(raw)
    }
    void check
    const streaming = websockets(webSocket('/', { fragments: true }, () => {}))
    serve(streaming, frameEngine)
    // @ts-expect-error the engine has no frames
    serve(streaming, plainEngine)
    const whole = websockets(webSocket('/', { fragments: undefined }, () => {}))
    serve(whole, plainEngine)
  })

  types('are streams of messages, or of bytes', () => {
    const { readable, writable } = webStreams(session)
    expectTypeOf(readable).toEqualTypeOf<ReadableStream<string | Uint8Array<ArrayBuffer>>>()
    expectTypeOf(writable).toEqualTypeOf<WritableStream<string | Uint8Array>>()
    expectTypeOf(duplex(session)).toEqualTypeOf<Duplex>()
    // @ts-expect-error raw sessions have fragments
    webStreams(raw)
    // @ts-expect-error raw sessions have fragments
    duplex(raw)
  })

  types('are what the interfaces of Ktor say', () => {
    expectTypeOf(session).toExtend<WebSocketSession>()
    expectTypeOf(session).toExtend<DefaultWebSocketSession>()
    expectTypeOf(session).toExtend<WebSocketServerSession>()
    expectTypeOf<DefaultClientWebSocketSession>().toExtend<ClientWebSocketSession>()
    expectTypeOf(session.incoming).toEqualTypeOf<ReceiveChannel<Frame>>()
    expectTypeOf(session.outgoing).toEqualTypeOf<SendChannel<Frame>>()
    expectTypeOf(session.closed).toEqualTypeOf<Promise<CloseRecord>>()
    expectTypeOf(session.closeReason).toEqualTypeOf<Promise<CloseReason>>()
  })

  types('iterate over frames, told apart by their type', async () => {
    for await (const frame of session.incoming) {
      switch (frame.type) {
        case 'text':
          expectTypeOf(frame.readText()).toEqualTypeOf<string>()
          break
        case 'close':
          expectTypeOf(frame.readReason()).toEqualTypeOf<CloseReason | undefined>()
          break
        case 'binary':
        case 'ping':
        case 'pong':
          expectTypeOf(frame.data).toEqualTypeOf<Uint8Array<ArrayBuffer>>()
          break
        default:
          expectTypeOf(frame).toBeNever()
      }
    }
  })

  types('that are default have no masking, and raw ones no pings', () => {
    expectTypeOf(session).not.toHaveProperty('masking')
    expectTypeOf(raw).not.toHaveProperty('pingInterval')
    // @ts-expect-error a default session is not what websocketOver takes
    websocketOver(session)
    // @ts-expect-error raw sessions need a socket of frames
    new RawWebSocket(socket)
    expectTypeOf(new RawWebSocket(frameSocket)).toExtend<RawWebSocketSession>()
    expectTypeOf(
      new DefaultWebSocketSessionImpl(websocketOver(raw)),
    ).toExtend<DefaultWebSocketSession>()
  })

  types('receive values of the type of their schema', async () => {
    expectTypeOf(session.receiveDeserialized()).toEqualTypeOf<Promise<unknown>>()
    const Move = z.object({ at: z.string().transform((text) => new Date(text)) })
    expectTypeOf(await session.receiveDeserialized(Move)).toEqualTypeOf<{ at: Date }>()
  })

  types('run handlers of their own kind', () => {
    void run(session, (own) => {
      expectTypeOf(own).toEqualTypeOf<DefaultWebSocketServerSession>()
    })
    void start(raw, (own) => {
      expectTypeOf(own).toEqualTypeOf<RawWebSocketSession>()
    })
    // @ts-expect-error run is for default sessions
    void run(raw, () => {})
  })
})

describe('routes of sessions', () => {
  types('type their parameters from the template', () => {
    webSocket('/rooms/:room/*', (own) => {
      expectTypeOf(own.call.parameters.room).toEqualTypeOf<string>()
      expectTypeOf(own.call.parameters['*']).toEqualTypeOf<string>()
      expectTypeOf(Path.string().required('room')(own.call.request)).toEqualTypeOf<string>()
      // @ts-expect-error there is no such parameter in the template
      void own.call.parameters.rom
      // @ts-expect-error nor is there one for a lens
      Path.int().required('id')(own.call.request)
    })
    webSocketRaw('/rooms/:room', { protocol: 'a' }, (own) => {
      expectTypeOf(own.call.parameters.room).toEqualTypeOf<string>()
      own.masking = true
      // @ts-expect-error nor here
      void own.call.parameters.rom
    })
    const anywhere = (own: DefaultWebSocketServerSession): unknown => own.call.parameters.room
    webSocket('/rooms/:room', anywhere)
  })

  types('that have no path know nothing of their parameters', () => {
    webSocket((own) => expectTypeOf(own.call.parameters).toEqualTypeOf<Params>())
    webSocketRaw((own) => expectTypeOf(own.call.parameters).toEqualTypeOf<Params>())
  })

  types('stand beside others, and keep what they need of an engine', () => {
    const plain = websockets(
      bind('/a', () => (own) => own.send('a')),
      webSocket('/b', () => {}),
    )
    expectTypeOf(plain).toExtend<WsRouter>()
    void serve(plain, plainEngine)
    const frames = websockets(
      webSocket('/b', () => {}),
      webSocketRaw('/c', () => {}),
    )
    void serve(frames, frameEngine)
    // @ts-expect-error raw sessions need an engine with frames
    void serve(frames, plainEngine)
  })

  types('take the options of their kind only', () => {
    webSocket('/', { pingInterval: null, controlFrames: true }, () => {})
    // @ts-expect-error raw sessions have no ping timer
    webSocketRaw('/', { pingInterval: 1 }, () => {})
  })
})

describe('the low level', () => {
  types('takes the streams of the platform and of Node', () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    expectTypeOf(new WebSocketReader(readable).incoming).toEqualTypeOf<ReceiveChannel<Frame>>()
    expectTypeOf(new WebSocketWriter(writable).outgoing).toEqualTypeOf<SendChannel<Frame>>()
    const streams = Duplex.toWeb(stream)
    expectTypeOf(rawWebSocketOver(streams, { role: 'client' })).toEqualTypeOf<RawWebSocketSession>()
    // @ts-expect-error the role has to be said
    rawWebSocketOver(streams, {})
  })

  types('has channels for Pings and Pongs', () => {
    expectTypeOf(ponger(raw)).toEqualTypeOf<SendChannel<PingFrame>>()
    expectTypeOf(pinger(raw, { period: 1, timeout: 1 })).toEqualTypeOf<SendChannel<PongFrame>>()
  })
})

describe('typed sessions', () => {
  types('receive and send values', async () => {
    const lenses = { receive: Message.json(z.object({ to: z.string() })), send: Message.text() }
    const view = typed(session, lenses)
    expectTypeOf(view).toEqualTypeOf<
      TypedSession<{ to: string }, string, DefaultWebSocketServerSession>
    >()
    for await (const value of view.incoming) expectTypeOf(value).toEqualTypeOf<{ to: string }>()
    await view.send('a')
    // @ts-expect-error the lens sends text
    await view.send(1)
    const news = typed(session, { receive: Message.text() })
    expectTypeOf(news).toEqualTypeOf<TypedSession<string, never, DefaultWebSocketServerSession>>()
    // @ts-expect-error there is no lens to send
    await news.send('a')
  })
})
