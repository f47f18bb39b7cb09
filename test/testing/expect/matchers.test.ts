import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  testWsClient,
  type WebSocketMatchers,
  webSocketMatchers,
} from '../../../src/testing/index.ts'
import type { WsClient } from '../../../src/websocket/client/ws-client.ts'
import { WsStatus } from '../../../src/websocket/ws-status.ts'

declare module 'vitest' {
  interface Matchers<T> extends WebSocketMatchers {}
}

expect.extend(webSocketMatchers)

function saying(...messages: readonly string[]): WsClient {
  return testWsClient(() => (socket) => {
    for (const message of messages) socket.send(message)
  })
}

const closing = (): WsClient => testWsClient(() => (socket) => socket.close(WsStatus.REFUSE))
const refusing = (): WsClient => testWsClient(() => new Response('', { status: 401 }))

describe('in Vitest, expect', () => {
  test('knows what a client has received', async () => {
    await expect(saying('a', '{"b":1}')).toHaveReceived(['a', { b: 1 }])
    await expect(saying('a')).not.toHaveReceived(['b'])
    const wrong = expect(saying('a')).toHaveReceived(['b'])
    await expect(wrong).rejects.toMatchObject({
      message: 'message 1 of 1 is not the one expected: it is "a"',
      actual: ['a'],
      expected: ['b'],
    })
    const wronger = expect(saying('a')).not.toHaveReceived(['a'])
    await expect(wronger).rejects.toThrow('1 message came, as they should not')
  })

  test('knows how a connection ended', async () => {
    await expect(closing()).toBeClosedWith(1003)
    await expect(closing()).toBeClosedWith(WsStatus.REFUSE)
    await expect(closing()).not.toBeClosedWith(1000)
    await expect(saying()).not.toBeClosedWith(1000)
    await expect(expect(closing()).toBeClosedWith(1000)).rejects.toThrow('closed with 1003')
    await expect(expect(closing()).not.toBeClosedWith(1003)).rejects.toThrow('as it should not')
  })

  test('knows how an upgrade was refused', async () => {
    await expect(refusing()).toBeRefusedWith(401)
    await expect(refusing()).toBeRefusedWith()
    await expect(saying()).not.toBeRefusedWith(401)
    await expect(expect(saying()).toBeRefusedWith(401)).rejects.toThrow('it was accepted')
    await expect(expect(refusing()).not.toBeRefusedWith()).rejects.toThrow('as it should not be')
  })

  test('leaves no one waiting for a message who would take it later', async () => {
    const client = testWsClient(
      () => (socket) => socket.onMessage((message) => socket.send(message)),
    )
    await expect(client).not.toHaveReceived(['a'])
    client.send('a')
    await expect(client).toHaveReceived(['a'])
  })
})

test('a matcher says what it cannot be used for', async () => {
  const wrong = expect(expect('a client').toHaveReceived(['a']))
  await wrong.rejects.toThrow("expected a client, which has the member 'received'")
  await expect(expect({}).toBeClosedWith(1000)).rejects.toThrow("has the member 'closed'")
  await expect(expect(null).toBeRefusedWith()).rejects.toThrow("has the member 'opened'")
})

/** As Bun makes them: what they match is known to the test runner alone. */
class NativeMatcher {}
const anything = new NativeMatcher()

test('the runner is asked about matchers that only it can read', async () => {
  const asked: unknown[] = []
  const equals = (a: unknown, b: unknown) => b === anything && asked.push(a) > 0
  const judge = (client: WsClient, ...messages: unknown[]) =>
    webSocketMatchers.toHaveReceived.call({ equals }, client, messages)
  const { pass } = await judge(saying('{"a":1,"b":[{"c":2}]}'), { a: anything, b: [anything] })
  expect(pass).toBe(true)
  expect(asked).toEqual([1, { c: 2 }])
  expect(await judge(saying('{"a":1}'), { a: 2, b: anything })).toMatchObject({ pass: false })
  const alone = webSocketMatchers.toHaveReceived.call({}, saying('{}'), [anything])
  expect(await alone).toMatchObject({ pass: false })
})

test('the matchers import no test runner', () => {
  const source = readFileSync(
    new URL('../../../src/testing/expect/matchers.ts', import.meta.url),
    'utf8',
  )
  expect(source.match(/from '[^.].*'/g)).toBeNull()
})
