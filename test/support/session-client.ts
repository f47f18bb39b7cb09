import { onTestFinished } from 'vitest'
import { node, SessionClient, type SessionClientConfig } from '../../src/node/index.ts'
import type { Frame } from '../../src/protocol/frame/frame.ts'
import { serve } from '../../src/serving/engine.ts'
import type { WebSockets } from '../../src/serving/web-sockets.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import type { WsHandler } from '../../src/websocket/ws-handler.ts'
import { type RawConnection, type RawServer, rawServer } from './raw-server.ts'

export const echo: WsHandler = () => (socket) => socket.onMessage((message) => socket.send(message))

/** A server, for the time of the test; its URL. */
export async function serving(
  handler: WsHandler<FrameSocket>,
  webSockets: WebSockets = {},
): Promise<string> {
  const server = await serve(handler, node({ webSockets }))
  onTestFinished(() => server.stop({ drain: 0 }))
  return server.url.replace('http', 'ws')
}

/** A server of bytes, for the time of the test. */
export async function servingRaw(
  talk?: (connection: RawConnection) => unknown,
): Promise<RawServer> {
  const server = await rawServer(talk)
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

/** A client, for the time of the test. */
export function clientWith(config?: SessionClientConfig): SessionClient {
  const client = new SessionClient(config)
  onTestFinished(() => client.close())
  return client
}

export const textOf = (frame: Frame): string => Buffer.from(frame.data).toString()

/** What a promise is rejected with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it was not rejected')
}
