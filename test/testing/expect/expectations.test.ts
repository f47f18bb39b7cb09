import { describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { Message } from '../../../src/lens/message.ts'
import { typed } from '../../../src/session/typed/typed.ts'
import {
  ExpectationError,
  expectClosed,
  expectMessages,
  expectRefused,
  type Receiver,
  testWsClient,
} from '../../../src/testing/index.ts'
import type { WsClient } from '../../../src/websocket/client/ws-client.ts'
import type { WsConsumer } from '../../../src/websocket/ws-handler.ts'
import { WsStatus } from '../../../src/websocket/ws-status.ts'

const now = { within: 5 }

function clientOf(consumer: WsConsumer): WsClient {
  return testWsClient(() => consumer, '/', { webSockets: { onError() {} } })
}

function saying(...messages: readonly (string | Uint8Array)[]): WsClient {
  return clientOf((socket) => {
    for (const message of messages) socket.send(message)
  })
}

/** Has received one value, whatever it is. */
function holding(value: unknown): Receiver {
  const items = [value].values()
  return { received: () => Object.assign(items, { async *[Symbol.asyncIterator]() {} }) }
}

async function failure(expectation: Promise<unknown>): Promise<ExpectationError> {
  const error: unknown = await expectation.then(undefined, (reason) => reason)
  if (error instanceof ExpectationError) return error
  throw new Error(`not failed as expected: ${String(error)}`)
}

describe('expectMessages', () => {
  test('takes texts, bytes and JSON as they are expected', async () => {
    const client = saying('hello', Uint8Array.of(1, 2), '{"a":[1,{"b":null}]}', '[1]', 'null', '7')
    const bytes = Buffer.from([1, 2])
    await expectMessages(client, ['hello', bytes, { a: [1, { b: null }] }, [1], null, 7])
    await expectMessages(client, [])
  })

  test('lets matchers of test runners stand for what they match', async () => {
    const client = saying('{"name":"ann","at":1700000000}', 'hello')
    await expectMessages(client, [
      { name: 'ann', at: expect.any(Number) },
      expect.stringContaining('ell'),
    ])
  })

  test('fails in time though a test has replaced the timers', async () => {
    vi.useFakeTimers()
    try {
      const client = clientOf(() => {})
      expect((await failure(expectMessages(client, ['a'], now))).message).toMatch('within 5 ms')
      expect((await failure(expectClosed(client, 1000, now))).message).toMatch('open after 5 ms')
    } finally {
      vi.useRealTimers()
    }
  })

  test('leaves what comes after it has failed to the next one', async () => {
    let send: (text: string) => void = () => {}
    const client = clientOf((socket) => {
      send = (text) => socket.send(text)
    })
    await failure(expectMessages(client, ['a'], now))
    send('a')
    await Promise.resolve()
    await expectMessages(client, ['a'], now)
  })

  test('waits for what is on its way, and leaves later messages alone', async () => {
    const client = clientOf(async (socket) => {
      for (const text of ['a', 'b', 'c']) {
        await new Promise((resolve) => setTimeout(resolve, 2))
        socket.send(text)
      }
    })
    await expectMessages(client, ['a', 'b'])
    await expectMessages(client, ['c'])
  })

  test('is content with what came before the connection failed', async () => {
    const client = clientOf((socket) => {
      socket.send('a')
      throw new Error('as asked')
    })
    await expectMessages(client, ['a'])
  })

  test.each<[string, WsClient, unknown[], string, unknown[]]>([
    [
      'another text',
      saying('a', 'b'),
      ['a', 'c'],
      'message 2 of 2 is not the one expected: it is "b"',
      ['a', 'b'],
    ],
    ['text for bytes', saying('a'), [Uint8Array.of(97)], 'message 1 of 1 is not', ['a']],
    ['bytes for text', saying(Uint8Array.of(97)), ['a'], 'it is bytes (1) 61', [Uint8Array.of(97)]],
    ['no JSON', saying('{'), [{ a: 1 }], 'it is "{"', ['{']],
    ['other JSON', saying('{"a":1}'), [{ b: 1 }], 'it is {"a":1}', [{ a: 1 }]],
    ['much', saying('a'.repeat(300)), ['b'], `it is "${'a'.repeat(199)}...`, ['a'.repeat(300)]],
    ['more', saying('a', 'b'), ['a'], 'expected 1 message, but 2 came', ['a', 'b']],
    ['less', saying('a'), ['a', 'b'], 'expected 2 messages, but only 1 came within 5 ms', ['a']],
    [
      'the end',
      clientOf((socket) => socket.close()),
      ['a'],
      'expected 1 message, but only 0 came before the connection ended',
      [],
    ],
    [
      'a failure',
      clientOf((socket) => socket.close(WsStatus.REFUSE)),
      ['a'],
      'expected 1 message, but only 0 came before WebSocketClosedException: the connection is closed',
      [],
    ],
  ])('fails for %s, and says what came', async (_, client, expected, message, actual) => {
    const error = await failure(expectMessages(client, expected, now))
    expect(error.message).toContain(message)
    expect(error).toMatchObject({ name: 'AssertionError', expected, actual })
  })

  test('shows no message that could control a terminal, and any value', async () => {
    const shown = async (value: unknown) => {
      const error = await failure(expectMessages(holding(value), ['?'], now))
      return error.message.replace('message 1 of 1 is not the one expected: it is ', '')
    }
    expect(await shown('\u009b2J')).toBe('"\\u009b2J"')
    expect(await shown(1n)).toBe('a bigint')
    expect(await shown(undefined)).toBe('undefined')
  })

  test('compares the values of a typed client, and its types', async () => {
    const point = Message.json(z.object({ x: z.number() }))
    const client = typed(saying('{"x":1}', '{"x":2}'), { receive: point, send: point })
    await expectMessages(client, [{ x: 1 }, { x: 2 }])
    // @ts-expect-error: not what this client receives
    const error = await failure(expectMessages(client, [{ y: 1 }], now))
    expect(error.message).toContain('only 0 came')
  })
})

describe('expectClosed', () => {
  test('answers the status, by code or by status', async () => {
    const closing = (): WsClient => clientOf((socket) => socket.close(WsStatus.GOING_AWAY))
    expect((await expectClosed(closing(), 1001)).message).toBe('Going away')
    await expectClosed(closing(), WsStatus.GOING_AWAY.description('whatever'))
    await expectClosed(
      testWsClient(() => undefined),
      WsStatus.NEVER_CONNECTED,
    )
  })

  test('fails for another code', async () => {
    const error = await failure(
      expectClosed(
        clientOf((socket) => socket.close(WsStatus.GOING_AWAY)),
        WsStatus.NORMAL,
      ),
    )
    expect(error.message).toBe(
      'expected the connection to close with 1000, but it closed with 1001 "Going away"',
    )
    expect(error).toMatchObject({ expected: 1000, actual: 1001 })
    const plain = clientOf((socket) => socket.close())
    expect((await failure(expectClosed(plain, 1001))).message).toContain('closed with 1000')
  })

  test('fails while it is open', async () => {
    const error = await failure(expectClosed(saying(), 1000, now))
    expect(error.message).toBe(
      'expected the connection to close with 1000, but it was open after 5 ms',
    )
  })
})

test('offline, what is expected and there sets no timer', async () => {
  vi.useFakeTimers()
  try {
    const client = saying('a')
    await expectMessages(client, ['a'])
    client.close()
    await expectClosed(client, 1000)
    await expectRefused(
      testWsClient(() => new Response('', { status: 401 })),
      401,
    )
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})

describe('expectRefused', () => {
  test('answers the refusal', async () => {
    const refusing = () => testWsClient(() => new Response('who?', { status: 401 }))
    expect((await expectRefused(refusing(), 401)).body).toBe('who?')
    expect((await expectRefused(refusing())).status).toBe(401)
    const refused = typed(refusing(), { receive: Message.text() })
    expect((await expectRefused(refused)).status).toBe(401)
  })

  test.each<[string, WsClient, number | undefined, string]>([
    ['accepted', saying(), undefined, 'expected the upgrade to be refused, but it was accepted'],
    [
      'refused otherwise',
      testWsClient(() => new Response('', { status: 403 })),
      401,
      'expected the upgrade to be refused with 401, but it was refused with 403',
    ],
    [
      'given up',
      testWsClient(() => () => {}, '/', { signal: AbortSignal.abort() }),
      401,
      'but it failed: WebSocketConnectException: it was given up before it opened',
    ],
    [
      'never answered',
      testWsClient(() => new Promise(() => {})),
      401,
      'but it was not answered within 5 ms',
    ],
  ])('fails when it was %s', async (_, client, status, message) => {
    expect((await failure(expectRefused(client, status, now))).message).toContain(message)
  })
})
