import { expect, onTestFinished, test } from 'vitest'
import { deferred } from '../../../src/client/deferred.ts'
import {
  connect,
  node,
  reconnecting,
  reconnectingSessions,
  SessionClient,
} from '../../../src/node/index.ts'
import { serve } from '../../../src/serving/engine.ts'
import type { WsClient } from '../../../src/websocket/client/ws-client.ts'
import { WebSocketUpgradeException } from '../../../src/websocket/errors.ts'
import type { Server } from '../../../src/websocket/server.ts'
import type { WsHandler } from '../../../src/websocket/ws-handler.ts'
import { textOf } from '../../support/session-client.ts'

/** Echoes, behind the number of the server: each that is started has the next one. */
function servers(): { start(port?: number): Promise<Server> } {
  let started = 0
  return {
    async start(port = 0) {
      const number = ++started
      const echo: WsHandler = () => (socket) => {
        socket.onMessage((message) => socket.send(`${number} ${message.text()}`))
      }
      const server = await serve(echo, node({ port }))
      onTestFinished(() => server.stop())
      return server
    },
  }
}

async function nextText(client: WsClient): Promise<string> {
  for await (const message of client.received()) return message.text()
  throw new Error('no more messages')
}

test('a client goes on with a server that was away, on the same port', async () => {
  const { start } = servers()
  const first = await start()
  const ends: number[] = []
  const down = deferred<void>()
  const away = deferred<void>()
  const client = reconnecting(() => connect(first.url), {
    delay: () => 5,
    onDown({ status, failures }) {
      ends.push(status.code)
      if (failures === 1) down.resolve()
      if (failures === 3) away.resolve()
    },
  })
  client.send('a')
  expect(await nextText(client)).toBe('1 a')
  await first.stop()
  await down.promise
  client.send('b')
  client.send('c')
  await away.promise
  await start(first.port)
  expect([await nextText(client), await nextText(client)]).toEqual(['2 b', '2 c'])
  expect(ends.slice(0, 3)).toEqual([1001, -1, -1])
  await client[Symbol.asyncDispose]()
})

test('a loop over sessions goes on with a server that was away, on the same port', async () => {
  const { start } = servers()
  const first = await start()
  const ends: number[] = []
  const heard: string[] = []
  const sessions = new SessionClient()
  const loop = reconnectingSessions(() => sessions.webSocketSession(first.url), {
    delay: () => 5,
    async onDown({ status, failures }) {
      ends.push(status.code)
      if (failures === 3) await start(first.port)
    },
  })
  for await (const session of loop) {
    await session.send('a')
    for await (const frame of session.incoming) {
      heard.push(textOf(frame))
      if (heard.length === 1) void first.stop({ drain: 0 })
      else break
    }
    if (heard.length === 2) break
  }
  expect(heard).toEqual(['1 a', '2 a'])
  expect(ends).toEqual([expect.toBeOneOf([1001, 1006]), -1, -1])
})

test('a client gives up when it is refused', async () => {
  const server = await serve(() => new Response('who are you?', { status: 401 }), node())
  onTestFinished(() => server.stop())
  const client = reconnecting(() => connect(server.url))
  const failure: unknown = await client.opened.catch((reason: unknown) => reason)
  expect(failure).toBeInstanceOf(WebSocketUpgradeException)
  expect((await client.closed).code).toBe(-1)
})

test('a URL or an option that cannot be is thrown to the caller', () => {
  expect(() => reconnecting(() => connect('no URL'))).toThrow(TypeError)
  expect(() => reconnecting(() => connect('ws://localhost', { timeout: -1 }))).toThrow(RangeError)
})
