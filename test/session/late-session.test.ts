import { expect, test } from 'vitest'
import { deferred } from '../../src/client/deferred.ts'
import { rateLimit } from '../../src/filters/rate-limit.ts'
import { serverSession } from '../../src/session/server-session.ts'
import type { WebSocketSession } from '../../src/session/session.ts'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import { testWsClient } from '../../src/testing/index.ts'
import type { WsClient } from '../../src/websocket/client/ws-client.ts'
import { looped } from '../support/session-rig.ts'

/** The texts that a session gives which is made, and handed to `begin`, only after the client has sent and `left`. */
async function heardLate(
  left: (client: WsClient) => void,
  begin: (session: WebSocketSession) => void,
): Promise<string[]> {
  const later = deferred<void>()
  const heard = deferred<string[]>()
  const client = testWsClient(
    () => async (socket) => {
      await later.promise
      const texts: string[] = []
      const session = serverSession(socket)
      begin(session)
      for await (const frame of session.incoming) {
        if (frame.type === 'text') texts.push(frame.readText())
      }
      heard.resolve(texts)
    },
    '/',
  )
  client.send('one')
  client.send('two')
  left(client)
  later.resolve()
  return await heard.promise
}

test('a session made after the socket has closed still gives what had come before', async () => {
  const heard = await heardLate(
    (client) => client.close(),
    () => {},
  )
  expect(heard).toEqual(['one', 'two'])
})

test('a session gives what had come before, even if the socket ends in the turn in which it is made', async () => {
  const heard = await heardLate(
    () => {},
    (session) => session.terminate(),
  )
  expect(heard).toEqual(['one', 'two'])
})

test('a session made after the socket has closed gives what had come before, behind a filter that delays', async () => {
  const later = deferred<void>()
  const heard = deferred<string[]>()
  const clock = new VirtualClock()
  const limited = rateLimit({
    messages: { perSecond: 1, burst: 1 },
    onLimit: 'delay',
    clock,
  })(async (socket) => {
    await later.promise
    heard.resolve(await looped(serverSession(socket).incoming))
  })
  const client = testWsClient(() => limited, '/', { clock })
  client.send('one')
  client.send('two')
  client.close()
  later.resolve()
  expect(await heard.promise).toEqual(['text one', 'text two'])
})
