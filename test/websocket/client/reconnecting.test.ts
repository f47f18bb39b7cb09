import { getEventListeners } from 'node:events'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { deferred } from '../../../src/client/deferred.ts'
import { idleTimeout } from '../../../src/filters/idle-timeout.ts'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'
import { VirtualClock } from '../../../src/testing/clock/virtual-clock.ts'
import { testWsClient } from '../../../src/testing/index.ts'
import { accept } from '../../../src/websocket/accept.ts'
import type { ConnectionEnd } from '../../../src/websocket/client/backoff-options.ts'
import type { ReconnectOptions } from '../../../src/websocket/client/reconnect-options.ts'
import { type Connect, reconnecting } from '../../../src/websocket/client/reconnecting.ts'
import type { WsClient } from '../../../src/websocket/client/ws-client.ts'
import {
  OverflowException,
  WebSocketClosedException,
  WebSocketConnectException,
  WebSocketUpgradeException,
} from '../../../src/websocket/errors.ts'
import type { Websocket } from '../../../src/websocket/websocket.ts'
import type { WsHandler } from '../../../src/websocket/ws-handler.ts'
import { WsStatus } from '../../../src/websocket/ws-status.ts'
import { settled } from '../../support/socket-rig.ts'

/** Milliseconds between attempts in these tests. */
const WAIT = 1_000
const LOST = WsStatus.ABNORMAL_CLOSE

/** A client of a server that is up unless it is told otherwise. */
interface Rig {
  readonly client: WsClient
  readonly clock: VirtualClock
  /** The server's sockets, one for each connection. */
  readonly sockets: Websocket[]
  /** What the server heard, each with the number of its connection. */
  readonly heard: string[]
  /** What `onDown` was told. */
  readonly downs: string[]
  /** The numbers of the attempts. */
  readonly attempts: number[]
  /** Refuses those that come, with this status. */
  refuse(status: number | undefined): void
  /** The time until the next attempt passes. */
  wait(): Promise<void>
}

function show({ status, failures }: ConnectionEnd, wait: number): string {
  return `${status.code}, ${failures} in a row, ${wait} ms`
}

function reconnectingRig(options: ReconnectOptions = {}, status?: number): Rig {
  const clock = new VirtualClock()
  const sockets: Websocket[] = []
  const heard: string[] = []
  const downs: string[] = []
  const attempts: number[] = []
  let refused = status
  const handler: WsHandler = () => {
    if (refused !== undefined) return new Response('no', { status: refused })
    return (socket) => {
      const number = sockets.push(socket)
      socket.onMessage((message) => heard.push(`${number} ${message.text()}`))
    }
  }
  const client = reconnecting(
    (attempt) => {
      attempts.push(attempt)
      return testWsClient(handler)
    },
    {
      clock,
      delay: () => WAIT,
      onDown: (end, wait) => downs.push(show(end, wait)),
      ...options,
    },
  )
  return {
    client,
    clock,
    sockets,
    heard,
    downs,
    attempts,
    refuse(status) {
      refused = status
    },
    wait: () => clock.advanceAsync(WAIT),
  }
}

const texts = (client: WsClient): string[] =>
  [...client.received()].map((message) => message.text())

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable(),
    (reason: unknown) => reason,
  )
}

/** What a loop over what is there throws. */
function thrownBy(client: WsClient): unknown {
  try {
    texts(client)
  } catch (thrown) {
    return thrown
  }
  return undefined
}

describe('a client that reconnects', () => {
  test('opens another connection when one is lost, and goes on with it', async () => {
    const { client, sockets, heard, downs, attempts, wait } = reconnectingRig()
    const first = await client.opened
    client.send('a')
    sockets[0]!.terminate()
    await settled()
    expect(downs).toEqual([`1006, 1 in a row, ${WAIT} ms`])
    await wait()
    client.send('b')
    sockets[1]!.send('hello')
    expect(heard).toEqual(['1 a', '2 b'])
    expect(texts(client)).toEqual(['hello'])
    expect(attempts).toEqual([1, 2])
    expect(await client.opened).toBe(first)
  })

  test('tries again until the server is up, and then sends what was held, in order', async () => {
    const { client, downs, heard, attempts, refuse, wait } = reconnectingRig({}, 503)
    expect(client.send('a')).toBe(true)
    client.send(Uint8Array.of(0x62))
    await wait()
    await wait()
    expect(downs).toEqual([1, 2, 3].map((failures) => `-1, ${failures} in a row, ${WAIT} ms`))
    refuse(undefined)
    client.send('c')
    await wait()
    await client.opened
    expect(heard).toEqual(['1 a', '1 b', '1 c'])
    expect(attempts).toEqual([1, 2, 3, 4])
  })

  test('holds what is sent between connections, and sends it over the next one', async () => {
    const { client, sockets, heard, wait } = reconnectingRig()
    await client.opened
    sockets[0]!.close(WsStatus.GOING_AWAY)
    // The client has not noticed yet: it cannot be sent over this connection any more.
    client.send('a')
    await settled()
    client.send('b')
    await wait()
    client.send('c')
    expect(heard).toEqual(['2 a', '2 b', '2 c'])
  })

  test('takes a promise of a client', async () => {
    const { promise, resolve } = deferred<WsClient>()
    const heard: string[] = []
    const client = reconnecting(() => promise)
    client.send('a')
    resolve(testWsClient(() => (socket) => socket.onMessage((it) => heard.push(it.text()))))
    await client.opened
    expect(heard).toEqual(['a'])
  })

  test('has the subprotocol of its connection', async () => {
    const handler: WsHandler = () => accept(() => {}, { protocol: 'v1' })
    const client = reconnecting(() => testWsClient(handler, '/', { protocols: 'v1' }))
    expect(client.protocol).toBe('')
    await client.opened
    expect(client.protocol).toBe('v1')
  })

  test('leaves no timers and no listeners behind', async () => {
    const aborting = new AbortController()
    const { client, clock, sockets, wait } = reconnectingRig({ signal: aborting.signal })
    for (let connection = 0; connection < 3; connection++) {
      await settled()
      sockets[connection]!.terminate()
      await settled()
      expect(clock.pending).toBe(1)
      await wait()
    }
    expect(getEventListeners(aborting.signal, 'abort')).toHaveLength(1)
    await client[Symbol.asyncDispose]()
    await settled()
    expect(clock.pending).toBe(0)
    expect(getEventListeners(aborting.signal, 'abort')).toHaveLength(0)
  })
})

describe('what is received over several connections', () => {
  test('comes in order, and nothing of it is lost to a loop that was left', async () => {
    const { client, sockets, wait } = reconnectingRig()
    await client.opened
    for (const text of ['a', 'b', 'c']) sockets[0]!.send(text)
    for await (const message of client.received()) if (message.text() === 'a') break
    sockets[0]!.terminate()
    await settled()
    await wait()
    sockets[1]!.send('d')
    const taken: string[] = []
    for await (const message of client.received()) if (taken.push(message.text()) === 3) break
    expect(taken).toEqual(['b', 'c', 'd'])
  })

  test('keeps a loop waiting while there is no connection', async () => {
    const { client, sockets, wait } = reconnectingRig()
    await client.opened
    const taken: string[] = []
    const done = (async () => {
      for await (const message of client.received()) taken.push(message.text())
    })()
    sockets[0]!.send('a')
    sockets[0]!.terminate()
    await settled()
    await wait()
    sockets[1]!.send('b')
    await settled()
    expect(taken).toEqual(['a', 'b'])
    client.close()
    await done
  })

  test('has to be read before it connects again, if it is too much', async () => {
    const { client, sockets, wait } = reconnectingRig()
    await client.opened
    for (let connection = 0; connection < 2; connection++) {
      for (let i = 0; i < 200; i++) sockets[connection]!.send('x')
      sockets[connection]!.terminate()
      await settled()
      await wait()
    }
    expect(sockets).toHaveLength(2)
    expect(texts(client)).toHaveLength(400)
    await settled()
    expect(sockets).toHaveLength(3)
  })

  test('connects no more when it is read after closing', async () => {
    const { client, sockets, attempts, wait } = reconnectingRig()
    await client.opened
    for (let connection = 0; connection < 2; connection++) {
      for (let i = 0; i < 200; i++) sockets[connection]!.send('x')
      sockets[connection]!.terminate()
      await settled()
      await wait()
    }
    client.close()
    expect(texts(client)).toHaveLength(400)
    await settled()
    expect(attempts).toEqual([1, 2])
  })
})

describe('onOpen', () => {
  test('gets each connection before what was held is sent', async () => {
    const { client, sockets, heard, wait } = reconnectingRig({
      onOpen: (connection) => connection.send('subscribe'),
    })
    client.send('held')
    await client.opened
    sockets[0]!.terminate()
    await settled()
    client.send('held again')
    await wait()
    expect(heard).toEqual(['1 subscribe', '1 held', '2 subscribe', '2 held again'])
  })

  test('may take its time, and what is sent meanwhile is held', async () => {
    const { promise, resolve } = deferred<void>()
    const { client, heard } = reconnectingRig({ onOpen: () => promise })
    client.send('a')
    await settled()
    client.send('b')
    expect(heard).toEqual([])
    resolve()
    await client.opened
    expect(heard).toEqual(['1 a', '1 b'])
  })

  test('is not waited for once its connection is lost', async () => {
    const promises = [new Promise<void>(() => {}), undefined]
    const { client, sockets, heard, wait } = reconnectingRig({ onOpen: () => promises.shift() })
    client.send('a')
    await settled()
    sockets[0]!.terminate()
    await settled()
    await wait()
    expect(heard).toEqual(['2 a'])
  })

  test('may be in a filter, which notices a connection that is silent', async () => {
    const clock = new VirtualClock()
    const noticing = idleTimeout(45_000, { clock })
    const { client, sockets, downs } = reconnectingRig({
      clock,
      onOpen: noticing((connection) => {
        connection.onMessage(() => {})
      }),
    })
    await client.opened
    await clock.advanceAsync(30_000)
    sockets[0]!.send('still there')
    await clock.advanceAsync(44_999)
    expect(downs).toEqual([])
    await clock.advanceAsync(1)
    expect(downs).toEqual([`1001, 1 in a row, ${WAIT} ms`])
    client.terminate()
  })

  test.each<[string, ReconnectOptions['onOpen']]>([
    ['throws', () => thrower()],
    ['rejects', async () => thrower()],
  ])('that %s drops the connection, which is a failure with that cause', async (_, onOpen) => {
    const causes: unknown[] = []
    const { client, sockets, heard } = reconnectingRig({
      onOpen,
      onDown: ({ status, cause }) => causes.push(status.code, cause),
    })
    client.send('a')
    await settled()
    expect(causes).toEqual([1006, new Error('thrown')])
    expect([sockets[0]!.state, heard]).toEqual(['closed', []])
    client.terminate()
  })
})

test('without onDown, what the application throws is reported, and that it cannot connect is not', async () => {
  const reported = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => reported.mockRestore())
  const { client, refuse, wait } = reconnectingRig({ onDown: undefined, onOpen: thrower }, 503)
  await wait()
  expect(reported).not.toHaveBeenCalled()
  refuse(undefined)
  await wait()
  expect(reported.mock.calls).toEqual([[new Error('thrown')]])
  client.terminate()
})

function thrower(): never {
  throw new Error('thrown')
}

describe('failures', () => {
  test('are counted until a connection has stayed open for five seconds', async () => {
    const { client, clock, sockets, downs, wait } = reconnectingRig()
    await client.opened
    for (const [connection, stays] of [4_999, 4_999, 5_000, 0].entries()) {
      await clock.advanceAsync(stays)
      sockets[connection]!.terminate()
      await settled()
      await wait()
    }
    expect(downs.map((line) => line.split(',')[1])).toEqual(
      [1, 2, 1, 2].map((n) => ` ${n} in a row`),
    )
  })

  test('decide on the delay, with what is known of the end', async () => {
    const ends: ConnectionEnd[] = []
    const { client, sockets, attempts, clock } = reconnectingRig({
      delay(end) {
        ends.push(end)
        return end.failures * 100
      },
    })
    await client.opened
    sockets[0]!.close(new CloseReason(1012, 'back soon'))
    await settled()
    expect(ends).toEqual([
      {
        status: new CloseReason(1012, 'back soon'),
        cause: undefined,
        failures: 1,
        retryable: true,
      },
    ])
    await clock.advanceAsync(99)
    expect(attempts).toEqual([1])
    await clock.advanceAsync(1)
    expect(attempts).toEqual([1, 2])
    sockets[1]!.terminate()
    await clock.advanceAsync(199)
    expect(attempts).toEqual([1, 2])
    await clock.advanceAsync(1)
    expect(attempts).toEqual([1, 2, 3])
    expect(ends[1]).toMatchObject({ cause: { name: 'ConnectionLostException' }, failures: 2 })
  })

  test('wait no longer when the network is back', async () => {
    const page = new EventTarget()
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
    vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
    onTestFinished(() => {
      vi.unstubAllGlobals()
    })
    const { client, clock, sockets, attempts } = reconnectingRig()
    await client.opened
    page.dispatchEvent(new Event('online'))
    expect(attempts).toEqual([1])
    sockets[0]!.terminate()
    await settled()
    page.dispatchEvent(new Event('online'))
    page.dispatchEvent(new Event('online'))
    await settled()
    expect(attempts).toEqual([1, 2])
    await clock.advanceAsync(WAIT)
    expect(attempts).toEqual([1, 2])
    sockets[1]!.terminate()
    await settled()
    client.terminate()
    page.dispatchEvent(new Event('online'))
    expect(attempts).toEqual([1, 2])
  })
})

describe('an end that is not retried', () => {
  test('is that of the client: quiet after 1000', async () => {
    const { client, sockets, downs } = reconnectingRig()
    await client.opened
    sockets[0]!.send('bye')
    sockets[0]!.close()
    expect((await client.closed).code).toBe(1000)
    expect(texts(client)).toEqual(['bye'])
    expect(downs).toEqual([])
    expect(() => client.send('late')).toThrow(WebSocketClosedException)
  })

  test('is thrown by loops, and tells why', async () => {
    const { client, sockets } = reconnectingRig()
    await client.opened
    sockets[0]!.close(WsStatus.POLICY_VALIDATION)
    expect((await client.closed).code).toBe(1008)
    expect(thrownBy(client)).toEqual(new WebSocketClosedException(WsStatus.POLICY_VALIDATION))
  })

  test('may be a refusal, at the beginning and later', async () => {
    const never = reconnectingRig({}, 401).client
    expect((await never.closed).code).toBe(-1)
    const refusal = await failureOf(never.opened)
    expect(refusal).toBeInstanceOf(WebSocketUpgradeException)
    expect(thrownBy(never)).toBe(refusal)

    const { client, sockets, refuse, wait } = reconnectingRig()
    await client.opened
    refuse(403)
    sockets[0]!.terminate()
    await settled()
    await wait()
    expect((await client.closed).code).toBe(-1)
    expect(thrownBy(client)).toBeInstanceOf(WebSocketUpgradeException)
  })

  test('is what the option retry says, which knows what would be usual', async () => {
    const { client, attempts, wait } = reconnectingRig(
      { retry: ({ retryable, failures }) => retryable && failures < 3 },
      503,
    )
    await wait()
    await wait()
    expect((await client.closed).code).toBe(-1)
    expect(attempts).toEqual([1, 2, 3])
  })
})

describe('what connect throws', () => {
  test('at first is thrown to the caller', () => {
    const signal = new AbortController().signal
    expect(() => reconnecting(thrower, { signal })).toThrow('thrown')
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  test.each<[string, () => WsClient | Promise<WsClient>]>([
    ['later', thrower],
    ['asynchronously', async () => thrower()],
  ])('%s is an attempt that failed', async (_, failing) => {
    const clock = new VirtualClock()
    const causes: unknown[] = []
    const sockets: Websocket[] = []
    const client = reconnecting(
      (attempt) => (attempt === 2 ? failing() : testWsClient(() => (it) => sockets.push(it))),
      { clock, delay: () => WAIT, onDown: ({ cause }) => causes.push(cause?.message) },
    )
    await client.opened
    sockets[0]!.terminate()
    await clock.advanceAsync(WAIT)
    expect(causes.at(-1)).toBe('thrown')
    await clock.advanceAsync(WAIT)
    expect(sockets).toHaveLength(2)
    client.terminate()
  })

  test('nothing, if it is no function', () => {
    const wrong: object = { connect: 'wss://example.com' }
    expect(() => Reflect.apply(reconnecting, undefined, [wrong])).toThrow(
      new TypeError('reconnecting needs a function that connects, not object'),
    )
  })
})

describe('more than may be held', () => {
  test('is thrown to the sender, and what was held before is sent', async () => {
    const { client, sockets, heard, refuse, wait } = reconnectingRig({ maxBufferedAmount: 4 }, 503)
    client.send('abc')
    client.send('d')
    expect(() => client.send('e')).toThrow(OverflowException)
    await settled()
    refuse(undefined)
    await wait()
    expect(heard).toEqual(['1 abc', '1 d'])
    client.send('f')
    expect(heard).toEqual(['1 abc', '1 d', '1 f'])
    sockets[0]!.terminate()
    await settled()
    client.send('abcd')
    expect(() => client.send('e')).toThrow(OverflowException)
    client.terminate()
  })

  test('at once for the server waits until it reads', async () => {
    const held = Array.from({ length: 10 }, () => new Uint8Array(40_000))
    const connections: Websocket[] = []
    const { client, sockets, heard } = reconnectingRig({
      onOpen(connection) {
        connections.push(connection)
        sockets[0]!.link.pause?.()
      },
    })
    for (const message of held) client.send(message)
    await settled()
    expect(connections[0]!.bufferedAmount).toBeLessThan(120_000)
    client.send('last')
    sockets[0]!.link.resume?.()
    await client.opened
    expect(heard).toHaveLength(11)
    expect(heard.at(-1)).toBe('1 last')
  })

  test('may be one message, if it is the first', () => {
    const { client } = reconnectingRig({ maxBufferedAmount: 4 }, 503)
    expect(client.send('abcdef')).toBe(true)
    expect(() => client.send('g')).toThrow(OverflowException)
    client.terminate()
  })

  test('is told above the high-water mark', () => {
    const { client } = reconnectingRig({}, 503)
    expect(client.send('a'.repeat(65_536))).toBe(true)
    expect(client.send('a')).toBe(false)
    client.terminate()
  })
})

describe('closing', () => {
  test('a connection ends the client, with the status', async () => {
    const { client, sockets, attempts, wait } = reconnectingRig()
    await client.opened
    const ends: number[] = []
    sockets[0]!.onClose(({ code }) => ends.push(code))
    client.close(new CloseReason(4000, 'bye'))
    expect((await client.closed).code).toBe(4000)
    await wait()
    expect([ends, attempts]).toEqual([[4000], [1]])
    expect(() => client.send('late')).toThrow(WebSocketClosedException)
    client.close()
  })

  test('counts the first time only, and terminating after the end changes nothing', async () => {
    const { client, sockets } = reconnectingRig()
    client.send('a')
    await settled()
    client.close(new CloseReason(1000, 'first'))
    client.close(new CloseReason(4001))
    expect((await client.closed).message).toBe('first')
    client.terminate()
    client.close(LOST)
    expect(texts(client)).toEqual([])
    expect(sockets).toHaveLength(1)

    const opening = reconnectingRig()
    opening.client.send('a')
    opening.client.close(new CloseReason(4000))
    opening.client.close(new CloseReason(4001))
    expect((await opening.client.closed).code).toBe(4000)
  })

  test('between connections ends at once, quietly', async () => {
    const { client, clock, sockets, attempts, wait } = reconnectingRig()
    await client.opened
    sockets[0]!.terminate()
    await settled()
    client.send('dropped')
    client.close()
    expect(clock.pending).toBe(0)
    expect((await client.closed).code).toBe(1000)
    expect(texts(client)).toEqual([])
    await wait()
    expect(attempts).toEqual([1])
  })

  test('while an attempt fails counts as what it was closed with, if there was a connection before', async () => {
    const { promise, reject } = deferred<WsClient>()
    const sockets: Websocket[] = []
    const clock = new VirtualClock()
    const client = reconnecting(
      (attempt) => (attempt === 1 ? testWsClient(() => (it) => sockets.push(it)) : promise),
      { clock, delay: () => WAIT },
    )
    await client.opened
    sockets[0]!.terminate()
    await clock.advanceAsync(WAIT)
    client.send('held')
    client.close(new CloseReason(4000))
    reject(new Error('no token'))
    expect((await client.closed).code).toBe(4000)
  })

  test('before anything was sent gives up opening', async () => {
    const { client, clock, downs } = reconnectingRig({}, 503)
    await clock.advanceAsync(0)
    expect(downs).toHaveLength(1)
    client.close()
    expect((await client.closed).code).toBe(-1)
    const failure = await failureOf(client.opened)
    expect(failure).toMatchObject({ name: 'WebSocketConnectException', stage: 'aborted' })
    expect(thrownBy(client)).toBe(failure)
  })

  test('while a connection is being opened sends first what is held', async () => {
    const { client, heard } = reconnectingRig({ onOpen: (connection) => connection.send('first') })
    client.send('a')
    client.close()
    expect(() => client.send('b')).toThrow(WebSocketClosedException)
    expect((await client.closed).code).toBe(1000)
    expect(heard).toEqual(['1 first', '1 a'])
  })

  const never = new Promise<never>(() => {})
  const consumed = (): WsClient => testWsClient(() => () => {})

  test.each<[string, Connect, ReconnectOptions['onOpen'], number]>([
    ['connect', () => never, undefined, -1],
    ['onOpen', consumed, () => never, 1006],
  ])('waits ten seconds for %s, if it never settles', async (_, connect, onOpen, status) => {
    const clock = new VirtualClock()
    const client = reconnecting(connect, { clock, onOpen })
    client.send('a')
    await settled()
    let end: WsStatus | undefined
    void client.closed.then((status) => {
      end = status
    })
    client.close()
    await clock.advanceAsync(9_999)
    expect(end).toBeUndefined()
    await clock.advanceAsync(1)
    expect(end?.code).toBe(status)
    expect(clock.pending).toBe(0)
  })

  test('waits ten seconds for a server that does not read what is held', async () => {
    const { client, clock, sockets } = reconnectingRig({ onOpen: () => sockets[0]!.link.pause?.() })
    for (let i = 0; i < 10; i++) client.send(new Uint8Array(40_000))
    await settled()
    client.close()
    await clock.advanceAsync(10_000)
    expect((await client.closed).code).toBe(1006)
    sockets[0]!.link.resume?.()
    await settled()
    expect([sockets[0]!.state, clock.pending]).toEqual(['closed', 0])
  })

  test('drops a connection that is there too late', async () => {
    const { promise, resolve } = deferred<WsClient>()
    const sockets: Websocket[] = []
    const opened = vi.fn()
    const client = reconnecting(() => promise, { onOpen: opened })
    client.close()
    expect((await client.closed).code).toBe(-1)
    resolve(testWsClient(() => (socket) => sockets.push(socket)))
    await settled()
    expect([sockets[0]!.state, opened.mock.calls]).toEqual(['closed', []])
  })

  test.each<[string, (close: () => void) => ReconnectOptions]>([
    ['onDown', (close) => ({ onDown: close })],
    [
      'retry',
      (close) => ({
        retry() {
          close()
          return true
        },
      }),
    ],
  ])('in %s ends it', async (_, closing) => {
    const { client, clock, sockets } = reconnectingRig(closing(() => client.close()))
    await client.opened
    sockets[0]!.terminate()
    expect((await client.closed).code).toBe(1000)
    expect(clock.pending).toBe(0)
  })

  test('in retry is followed by no attempt, so that onDown is not called', async () => {
    const { client, sockets, downs } = reconnectingRig({
      retry() {
        client.close()
        return true
      },
    })
    await client.opened
    sockets[0]!.terminate()
    await client.closed
    await settled()
    expect(downs).toEqual([])
  })

  test('with a status that cannot be sent throws, and changes nothing', async () => {
    const { client, sockets, heard, wait } = reconnectingRig()
    await client.opened
    expect(() => client.close(LOST)).toThrow(RangeError)
    sockets[0]!.terminate()
    await settled()
    expect(() => client.close(LOST)).toThrow(RangeError)
    client.send('still there')
    await wait()
    expect(heard).toEqual(['2 still there'])
  })
})

describe('terminating', () => {
  test('drops the connection', async () => {
    const { client, sockets, attempts, wait } = reconnectingRig()
    await client.opened
    sockets[0]!.send('a')
    client.terminate()
    expect((await client.closed).code).toBe(1006)
    expect(sockets[0]!.state).toBe('closed')
    const taken: string[] = []
    expect(() => {
      for (const message of client.received()) taken.push(message.text())
    }).toThrow(WebSocketClosedException)
    expect(taken).toEqual(['a'])
    await wait()
    expect(attempts).toEqual([1])
  })

  test('is followed by no question whether to try again', async () => {
    const retry = vi.fn(() => true)
    const { client, downs } = reconnectingRig({ retry })
    await client.opened
    client.terminate()
    await settled()
    expect([retry.mock.calls, downs]).toEqual([[], []])
  })

  test('before onOpen has resolved drops a connection, too', async () => {
    const { client, sockets } = reconnectingRig({ onOpen: () => new Promise(() => {}) })
    await settled()
    client.terminate()
    expect((await client.closed).code).toBe(1006)
    expect(sockets[0]!.state).toBe('closed')
    expect(await failureOf(client.opened)).toBeInstanceOf(WebSocketClosedException)
  })

  test('drops what is held, and the opening', async () => {
    const { client, heard } = reconnectingRig()
    client.send('a')
    client.terminate()
    expect((await client.closed).code).toBe(-1)
    await settled()
    expect(heard).toEqual([])
  })
})

describe('a signal', () => {
  test('ends it between connections, with its reason', async () => {
    const aborting = new AbortController()
    const { client, clock, sockets } = reconnectingRig({ signal: aborting.signal })
    await client.opened
    sockets[0]!.terminate()
    await settled()
    const reason = new Error('leaving')
    aborting.abort(reason)
    expect(clock.pending).toBe(0)
    expect((await client.closed).code).toBe(1006)
    expect(thrownBy(client)).toMatchObject({ name: 'WebSocketClosedException', cause: reason })
  })

  test('drops the connection', async () => {
    const aborting = new AbortController()
    const { client, sockets } = reconnectingRig({ signal: aborting.signal })
    await client.opened
    aborting.abort()
    expect(sockets[0]!.state).toBe('closed')
    expect((await client.closed).code).toBe(1006)
  })

  test('that has aborted keeps it from connecting', async () => {
    const { client, attempts } = reconnectingRig({ signal: AbortSignal.abort('no') })
    expect((await client.closed).code).toBe(-1)
    const failure = await failureOf(client.opened)
    expect(failure).toBeInstanceOf(WebSocketConnectException)
    expect(failure).toMatchObject({ stage: 'aborted', cause: 'no' })
    expect(attempts).toEqual([])
  })
})

describe('an error of the application', () => {
  test.each<[string, ReconnectOptions, string]>([
    ['onDown', { onDown: thrower }, 'thrown'],
    ['an asynchronous onDown', { onDown: async () => thrower() }, 'thrown'],
    ['retry', { retry: thrower }, 'thrown'],
    ['delay', { delay: thrower }, 'thrown'],
    ['a delay that is none', { delay: () => Number.NaN }, 'the option delay is NaN'],
  ])('in %s ends the client', async (_, options, message) => {
    const { client, clock, sockets } = reconnectingRig(options)
    await client.opened
    sockets[0]!.terminate()
    expect((await client.closed).code).toBe(1006)
    expect(() => texts(client)).toThrow(message)
    expect(clock.pending).toBe(0)
  })
  test('in an onDown that takes longer than the wait drops the next connection', async () => {
    const { promise, reject } = deferred<void>()
    const { client, clock, sockets, wait } = reconnectingRig({ onDown: () => promise })
    await client.opened
    sockets[0]!.terminate()
    await settled()
    await wait()
    expect(sockets[1]!.state).toBe('open')
    reject(new Error('thrown'))
    expect((await client.closed).code).toBe(1006)
    expect(sockets[1]!.state).toBe('closed')
    expect(() => texts(client)).toThrow('thrown')
    await settled()
    expect(clock.pending).toBe(0)
  })
})
