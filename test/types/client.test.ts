import { expectTypeOf, test } from 'vitest'
import {
  connect,
  open,
  type PlatformClient,
  type PlatformSocket,
  type Websocket,
} from '../../src/client/index.ts'
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
