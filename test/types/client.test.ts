import { expectTypeOf, test } from 'vitest'
import {
  type ConnectionEnd,
  connect,
  open,
  type PlatformClient,
  type PlatformSocket,
  reconnecting,
  reconnectingSessions,
  SessionClient,
  type Websocket,
} from '../../src/client/index.ts'
import {
  connect as connectNode,
  reconnecting as reconnectingNode,
  reconnectingSessions as reconnectingSessionsNode,
  SessionClient as SessionClientNode,
  StandardWebSocket,
} from '../../src/node/index.ts'
import type { RawClientWebSocketSession } from '../../src/session/client/client-session.ts'
import type { DefaultClientWebSocketSession } from '../../src/session/session.ts'
import { testSessionClient, testWsClient } from '../../src/testing/index.ts'
import type { Capable } from '../../src/websocket/capable.ts'
import type { WsClient } from '../../src/websocket/client/ws-client.ts'

test("a client over the platform's WebSocket says in its types what it can do", () => {
  expectTypeOf(connect).returns.toEqualTypeOf<PlatformClient>()
  expectTypeOf<PlatformClient>().toExtend<WsClient>()
  expectTypeOf<PlatformSocket>().toExtend<Websocket>()
  expectTypeOf<PlatformSocket>().toExtend<Capable<'flush' | 'records'>>()
  expectTypeOf<PlatformSocket>().not.toExtend<Capable<'ping'>>()

  const opened = (): void => {
    open('ws://localhost', {}, (socket) => socket.link.flush())
    open('ws://localhost', {}, (socket: Websocket) => socket.send('any socket will do'))
    // @ts-expect-error the platform does not ping
    open('ws://localhost', {}, (socket: Capable<'ping'>) => socket.link.ping())
    // @ts-expect-error the platform cannot pause
    open('ws://localhost', {}, (socket) => socket.link.pause())
    // @ts-expect-error the platform has no frames
    open('ws://localhost', {}, (socket: Capable<'frames'>) => socket.frames)
  }
  expectTypeOf(opened).toBeFunction()
})

test('a client that reconnects takes any client, and is one', () => {
  expectTypeOf(reconnecting).returns.toEqualTypeOf<WsClient>()
  expectTypeOf(reconnectingNode).toEqualTypeOf(reconnecting)

  const made = (): void => {
    reconnecting(() => connect('ws://localhost'))
    reconnecting(async () => connect('ws://localhost'))
    reconnecting((attempt) => connectNode(`ws://localhost/?attempt=${attempt.toFixed()}`))
    const again = reconnecting(() => testWsClient(() => () => {}))
    reconnecting(() => again, {
      onOpen: async (connection) => {
        expectTypeOf(connection).toEqualTypeOf<Websocket>()
      },
      onDown(end, wait) {
        expectTypeOf(end).toEqualTypeOf<ConnectionEnd>()
        expectTypeOf(wait).toBeNumber()
      },
      retry: ({ retryable, failures }) => retryable && failures < 10,
      delay: undefined,
    })
    // @ts-expect-error a socket is not a client
    reconnecting(() => open('ws://localhost', {}, () => {}))
    // @ts-expect-error the client is made by a function
    reconnecting(connect('ws://localhost'))
    // @ts-expect-error it is decided at once
    reconnecting(() => connect('ws://localhost'), { retry: async () => true })
  }
  expectTypeOf(made).toBeFunction()
})

test('a loop over sessions has those that its function opens', () => {
  expectTypeOf(reconnectingSessionsNode).toEqualTypeOf(reconnectingSessions)

  const looped = async (): Promise<void> => {
    const page = new SessionClient()
    for await (const session of reconnectingSessions(() => page.webSocketSession('ws://a/'))) {
      expectTypeOf(session).toEqualTypeOf<DefaultClientWebSocketSession>()
    }
    const client = new SessionClientNode()
    for await (const session of reconnectingSessions(() => client.webSocketRawSession('ws://a/'))) {
      expectTypeOf(session).toEqualTypeOf<RawClientWebSocketSession>()
    }
    const offline = testSessionClient(() => () => {})
    reconnectingSessions((attempt) => offline.webSocketSession(`ws://a/?attempt=${attempt}`), {
      onDown(end, wait) {
        expectTypeOf(end).toEqualTypeOf<ConnectionEnd>()
        expectTypeOf(wait).toBeNumber()
      },
    })
    // @ts-expect-error a client of messages is no session
    reconnectingSessions(() => connect('ws://a/'))
    // @ts-expect-error the body of the loop takes the place of this option
    reconnectingSessions(() => page.webSocketSession('ws://a/'), { onOpen() {} })
  }
  expectTypeOf(looped).toBeFunction()
})

test("StandardWebSocket is the platform's class, whose events say more", () => {
  expectTypeOf(StandardWebSocket).toExtend<typeof WebSocket>()
  const listening = (): void => {
    const socket = new StandardWebSocket('ws://localhost', ['a'], { headers: { 'X-User': 'ann' } })
    const onClose = ({ code, reason }: CloseEvent): void => socket.close(code, reason)
    socket.onclose = ({ code, wasClean }) => [code, wasClean]
    socket.addEventListener('error', ({ error }) => error.stack, { once: true })
    socket.addEventListener('close', onClose)
    socket.removeEventListener('close', onClose)
    // @ts-expect-error there is no such option
    new StandardWebSocket('ws://localhost', [], { port: 9000 })
  }
  expectTypeOf(listening).toBeFunction()
})
