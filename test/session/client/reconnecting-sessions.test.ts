import { getEventListeners } from 'node:events'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { deferred } from '../../../src/client/deferred.ts'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'
import { reconnectingSessions } from '../../../src/session/client/reconnecting-sessions.ts'
import type { DefaultClientWebSocketSession } from '../../../src/session/session.ts'
import { VirtualClock } from '../../../src/testing/clock/virtual-clock.ts'
import { type TestSessionClient, testSessionClient } from '../../../src/testing/index.ts'
import { seededRandom } from '../../../src/testing/offline/seeded-random.ts'
import type {
  BackoffOptions,
  ConnectionEnd,
} from '../../../src/websocket/client/backoff-options.ts'
import {
  WebSocketClosedException,
  WebSocketConnectException,
  WebSocketException,
  WebSocketUpgradeException,
} from '../../../src/websocket/errors.ts'
import type { Websocket } from '../../../src/websocket/websocket.ts'
import type { WsHandler } from '../../../src/websocket/ws-handler.ts'
import { WsStatus } from '../../../src/websocket/ws-status.ts'
import { failureOf, textOf } from '../../support/session-client.ts'
import { settled } from '../../support/socket-rig.ts'

/** Milliseconds between attempts in these tests. */
const WAIT = 1_000

type Session = DefaultClientWebSocketSession

/** What a body does with a session; `'leave'` leaves the loop. */
type Body = (session: Session) => Promise<unknown>

/** A loop over the sessions with a server that is up unless it is told otherwise. */
interface Rig {
  /** Settles as the loop does. */
  readonly done: Promise<void>
  readonly clock: VirtualClock
  readonly client: TestSessionClient
  /** The server's sockets, one for each connection. */
  readonly sockets: Websocket[]
  /** Their close codes, each behind the number of its connection. */
  readonly ends: string[]
  /** What the body read, each behind the number of its connection. */
  readonly read: string[]
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

function sessionsRig(options: BackoffOptions = {}, body?: Body, status?: number): Rig {
  const clock = new VirtualClock()
  const sockets: Websocket[] = []
  const ends: string[] = []
  const read: string[] = []
  const downs: string[] = []
  const attempts: number[] = []
  let refused = status
  const handler: WsHandler = () => {
    if (refused !== undefined) return new Response('no', { status: refused })
    return (socket) => {
      const number = sockets.push(socket)
      socket.onClose(({ code }) => ends.push(`${number} ${code}`))
    }
  }
  const client = testSessionClient(handler, { clock })
  const reading: Body = async ({ incoming }) => {
    const number = sockets.length
    for await (const frame of incoming) read.push(`${number} ${textOf(frame)}`)
  }
  const loop = async (): Promise<void> => {
    const sessions = reconnectingSessions(
      (attempt) => {
        attempts.push(attempt)
        return client.webSocketSession('ws://test/feed')
      },
      { clock, delay: () => WAIT, onDown: (end, wait) => downs.push(show(end, wait)), ...options },
    )
    for await (const session of sessions) {
      if ((await (body ?? reading)(session)) === 'leave') break
    }
  }
  const done = loop()
  done.catch(() => {})
  return {
    done,
    clock,
    client,
    sockets,
    ends,
    read,
    downs,
    attempts,
    refuse(status) {
      refused = status
    },
    wait: () => clock.advanceAsync(WAIT),
  }
}

const never = new Promise<never>(() => {})

function thrower(): never {
  throw new Error('thrown')
}

describe('a loop over sessions', () => {
  test('gets another session when a connection is lost', async () => {
    const { sockets, read, downs, attempts, clock, done } = sessionsRig()
    await settled()
    sockets[0]!.send('a')
    sockets[0]!.terminate()
    await settled()
    expect(downs).toEqual([`1006, 1 in a row, ${WAIT} ms`])
    await clock.advanceAsync(WAIT - 1)
    expect(attempts).toEqual([1])
    await clock.advanceAsync(1)
    sockets[1]!.send('b')
    sockets[1]!.close()
    await done
    expect(read).toEqual(['1 a', '2 b'])
    expect([attempts, clock.pending]).toEqual([[1, 2], 0])
  })

  test('goes on until the server is up', async () => {
    const { sockets, downs, refuse, wait } = sessionsRig({}, undefined, 503)
    await settled()
    await wait()
    refuse(undefined)
    await wait()
    expect(downs).toEqual([1, 2].map((failures) => `-1, ${failures} in a row, ${WAIT} ms`))
    expect(sockets).toHaveLength(1)
  })

  test('opens the next session only when the body is done with the one before', async () => {
    const { promise, resolve } = deferred<void>()
    const { sockets, attempts, downs, wait } = sessionsRig({}, () => promise)
    await settled()
    sockets[0]!.terminate()
    await settled()
    await wait()
    expect([attempts, downs]).toEqual([[1], []])
    resolve()
    await settled()
    await wait()
    expect(attempts).toEqual([1, 2])
  })

  test('has the call and all else that the opened session has', async () => {
    const urls: string[] = []
    const { done } = sessionsRig({}, async (session) => {
      urls.push(new URL(session.call.request.url).pathname)
      return 'leave'
    })
    await done
    expect(urls).toEqual(['/feed'])
  })

  test('leaves no timers and no listeners behind', async () => {
    const { signal } = new AbortController()
    const { sockets, clock, wait, done } = sessionsRig({ signal })
    for (let connection = 0; connection < 3; connection++) {
      await settled()
      expect([clock.pending, getEventListeners(signal, 'abort').length]).toEqual([1, 1])
      sockets[connection]!.terminate()
      await settled()
      expect([clock.pending, getEventListeners(signal, 'abort').length]).toEqual([1, 1])
      await wait()
    }
    sockets[3]!.close()
    await done
    expect([clock.pending, getEventListeners(signal, 'abort').length]).toEqual([0, 0])
  })

  test('takes any function that makes a session, also one that returns no promise', async () => {
    const { promise: stopped, resolve } = deferred<CloseReason>()
    const client = testSessionClient(() => (socket) => socket.onClose(resolve))
    const session = await client.webSocketSession('ws://test/')
    for await (const each of reconnectingSessions(() => session)) {
      expect(each).toBe(session)
      break
    }
    expect((await stopped).code).toBe(1000)
  })
})

describe('a body that is done with an open session', () => {
  test('has it closed with 1000, and gets another', async () => {
    const { ends, downs, attempts, wait } = sessionsRig({}, async () => {})
    await settled()
    await settled()
    expect([ends, downs]).toEqual([['1 1000'], [`1000, 1 in a row, ${WAIT} ms`]])
    await wait()
    expect(attempts).toEqual([1, 2])
  })

  test('counts as a failure, unless the session was open for five seconds', async () => {
    const stays = [deferred<void>(), deferred<void>(), deferred<void>()]
    let turn = 0
    const { clock, downs, wait } = sessionsRig({}, () => stays[turn++]!.promise)
    for (const [i, open] of [4_999, 4_999, 5_000].entries()) {
      await clock.advanceAsync(open)
      stays[i]!.resolve()
      await settled()
      if (i < 2) await wait()
    }
    expect(downs.map((line) => line.split(',')[1])).toEqual([1, 2, 1].map((n) => ` ${n} in a row`))
  })

  test('is one that retry can end', async () => {
    const ends: ConnectionEnd[] = []
    const { done, attempts } = sessionsRig(
      {
        retry(end) {
          ends.push(end)
          return false
        },
      },
      async () => {},
    )
    await done
    expect(attempts).toEqual([1])
    expect(ends).toEqual([
      { status: WsStatus.NORMAL, cause: undefined, failures: 1, retryable: true },
    ])
  })

  test('waits no longer than the close timeout for a server that does not answer', async () => {
    const { clock, sockets, downs } = sessionsRig({}, async () => sockets[0]!.link.pause?.())
    await clock.advanceAsync(9_999)
    expect(downs).toEqual([])
    await clock.advanceAsync(1)
    expect(downs).toEqual([`1000, 1 in a row, ${WAIT} ms`])
  })
})

test('only time that a session was open makes it stable, and not that of the body', async () => {
  const { promise, resolve } = deferred<void>()
  const { sockets, clock, downs } = sessionsRig({ delay: () => 0 }, async ({ closed }) => {
    await closed
    if (sockets.length === 2) await promise
  })
  await settled()
  sockets[0]!.terminate()
  await clock.advanceAsync(0)
  await settled()
  sockets[1]!.terminate()
  await clock.advanceAsync(60_000)
  resolve()
  await settled()
  expect(downs).toEqual(['1006, 1 in a row, 0 ms', '1006, 2 in a row, 0 ms'])
})

describe('leaving the loop', () => {
  test('by break closes the session with 1000', async () => {
    const { done, ends, attempts, clock } = sessionsRig({}, async () => 'leave')
    await done
    expect([ends, attempts, clock.pending]).toEqual([['1 1000'], [1], 0])
  })

  test('by an error closes it, too, and the error goes on its way', async () => {
    const { done, ends, downs, clock } = sessionsRig({}, async () => thrower())
    expect(await failureOf(done)).toEqual(new Error('thrown'))
    expect([ends, downs, clock.pending]).toEqual([['1 1000'], [], 0])
  })

  test('after the session has ended is the end as well', async () => {
    const { done, sockets, attempts, downs } = sessionsRig({}, async (session) => {
      await session.closed
      return 'leave'
    })
    await settled()
    sockets[0]!.terminate()
    await done
    expect([attempts, downs]).toEqual([[1], []])
  })

  test('is up to a body that sends what can no longer be sent', async () => {
    const { done, sockets } = sessionsRig({}, async (session) => {
      await session.closed
      await session.send('late')
    })
    await settled()
    sockets[0]!.terminate()
    expect(await failureOf(done)).toBeInstanceOf(WebSocketClosedException)
  })
})

test('a body that catches what a connection throws goes on with the next session', async () => {
  const caught: string[] = []
  const { sockets, clock, downs, client } = sessionsRig({}, async (session) => {
    session.pingInterval = 100
    session.pongTimeout = 300
    try {
      for await (const _ of session.incoming);
    } catch (error) {
      if (!(error instanceof WebSocketException)) throw error
      caught.push(error.name)
    }
  })
  await settled()
  sockets[0]!.link.pause?.()
  await clock.advanceAsync(400)
  expect(caught).toEqual(['PingTimeoutException'])
  await clock.advanceAsync(10_000 + WAIT)
  expect(downs).toEqual([`1011, 1 in a row, ${WAIT} ms`])
  expect(sockets).toHaveLength(2)
  await client.close()
})

describe('an end that is not retried', () => {
  test('is that of the loop: quiet after 1000', async () => {
    const { sockets, read, downs, done } = sessionsRig()
    await settled()
    sockets[0]!.send('bye')
    sockets[0]!.close()
    await done
    expect([read, downs]).toEqual([['1 bye'], []])
  })

  test('is what the body closes with', async () => {
    const { done, downs } = sessionsRig({}, (session) => session.close())
    await done
    expect(downs).toEqual([])

    const again = sessionsRig({}, (session) => session.close(new CloseReason(4000)))
    await settled()
    await settled()
    expect(again.downs).toEqual([`4000, 1 in a row, ${WAIT} ms`])
  })

  test('is thrown if it is a failure, and tells why', async () => {
    const { sockets, done } = sessionsRig()
    await settled()
    sockets[0]!.close(WsStatus.POLICY_VALIDATION)
    expect(await failureOf(done)).toEqual(new WebSocketClosedException(WsStatus.POLICY_VALIDATION))
  })

  test('may be a refusal, at the beginning and later', async () => {
    const first = sessionsRig({}, undefined, 401)
    expect(await failureOf(first.done)).toBeInstanceOf(WebSocketUpgradeException)

    const { sockets, refuse, wait, done } = sessionsRig()
    await settled()
    refuse(403)
    sockets[0]!.terminate()
    await settled()
    await wait()
    expect(await failureOf(done)).toMatchObject({ status: 403 })
  })

  test('is what the option retry says', async () => {
    const { attempts, wait, done } = sessionsRig(
      { retry: ({ retryable, failures }) => retryable && failures < 3 },
      undefined,
      503,
    )
    await settled()
    await wait()
    await wait()
    expect(await failureOf(done)).toMatchObject({ status: 503 })
    expect(attempts).toEqual([1, 2, 3])
  })

  test('comes when the client of the sessions is closed', async () => {
    const { client, downs, wait, done } = sessionsRig()
    await settled()
    await client.close()
    await settled()
    await wait()
    expect(downs).toEqual([`1001, 1 in a row, ${WAIT} ms`])
    expect(await failureOf(done)).toMatchObject({ stage: 'aborted' })
  })
})

describe('a function that opens no session', () => {
  test.each<[string, () => Promise<Session>]>([
    ['throws', thrower],
    ['rejects', async () => thrower()],
  ])('and %s is an attempt that failed, with that cause', async (_, open) => {
    const clock = new VirtualClock()
    const causes: unknown[] = []
    const sessions = reconnectingSessions(open, {
      clock,
      delay: () => WAIT,
      retry: ({ failures }) => failures < 2,
      onDown: ({ status, cause }) => causes.push(status.code, cause),
    })
    const next = failureOf(sessions.next())
    await settled()
    await clock.advanceAsync(WAIT)
    expect(await next).toEqual(new Error('thrown'))
    expect(causes).toEqual([-1, new Error('thrown')])
    expect(await sessions.next()).toEqual({ value: undefined, done: true })
    expect(clock.pending).toBe(0)
  })

  test('is reported without onDown, unless it could only not connect', async () => {
    const reported = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => reported.mockRestore())
    const clock = new VirtualClock()
    const open = async (attempt: number): Promise<Session> => {
      if (attempt === 1) throw new WebSocketConnectException('tcp', 'nothing listens there')
      throw new Error('no token')
    }
    void reconnectingSessions(open, { clock, delay: () => WAIT }).next()
    await settled()
    expect(reported).not.toHaveBeenCalled()
    await clock.advanceAsync(WAIT)
    expect(reported.mock.calls).toEqual([[new Error('no token')]])
  })

  test('is told at once, as is an unknown option', () => {
    const wrong: object = { open: 'wss://example.com' }
    expect(() => Reflect.apply(reconnectingSessions, undefined, [wrong])).toThrow(
      new TypeError('reconnectingSessions needs a function that opens a session, not object'),
    )
    const options: object = { onOpen() {} }
    expect(() => reconnectingSessions(() => never, options)).toThrow(
      new TypeError(
        'reconnectingSessions() has no option onOpen: there are onDown, retry, delay, signal, clock',
      ),
    )
  })

  test('is not called before there is a loop', () => {
    const open = vi.fn(() => never)
    reconnectingSessions(open)
    expect(open).not.toHaveBeenCalled()
  })
})

describe('a signal', () => {
  const reason = new Error('leaving')

  test('drops the session, and the loop throws when the body is done', async () => {
    const aborting = new AbortController()
    const { ends, read, sockets, downs, clock, done } = sessionsRig({ signal: aborting.signal })
    await settled()
    sockets[0]!.send('a')
    await settled()
    aborting.abort(reason)
    const failure = await failureOf(done)
    expect(failure).toBeInstanceOf(WebSocketConnectException)
    expect(failure).toMatchObject({ stage: 'aborted', cause: reason })
    expect([ends, read, downs, clock.pending]).toEqual([['1 1006'], ['1 a'], [], 0])
  })

  test('is followed by no question whether to try again', async () => {
    const aborting = new AbortController()
    const retry = vi.fn(() => true)
    const { done } = sessionsRig({ signal: aborting.signal, retry })
    await settled()
    aborting.abort()
    await failureOf(done)
    expect(retry).not.toHaveBeenCalled()
  })

  test('ends the wait for the next attempt', async () => {
    const aborting = new AbortController()
    const { sockets, downs, clock, done } = sessionsRig({ signal: aborting.signal })
    await settled()
    sockets[0]!.terminate()
    await settled()
    expect(downs).toHaveLength(1)
    aborting.abort(reason)
    expect(await failureOf(done)).toMatchObject({ stage: 'aborted', cause: reason })
    expect([clock.pending, getEventListeners(aborting.signal, 'abort').length]).toEqual([0, 0])
  })

  test('gives up opening, and drops a session that is there too late', async () => {
    const { promise, resolve } = deferred<Session>()
    const aborting = new AbortController()
    const sessions = reconnectingSessions(() => promise, { signal: aborting.signal })
    const next = failureOf(sessions.next())
    await settled()
    aborting.abort(reason)
    expect(await next).toMatchObject({ stage: 'aborted', cause: reason })
    const sockets: Websocket[] = []
    const client = testSessionClient(() => (socket) => sockets.push(socket))
    const late = await client.webSocketSession('ws://test/')
    resolve(late)
    expect((await late.closed).reason.code).toBe(1006)
  })

  test('does not mind that a session that it gave up cannot be opened', async () => {
    const { promise, reject } = deferred<Session>()
    const aborting = new AbortController()
    const next = failureOf(reconnectingSessions(() => promise, { signal: aborting.signal }).next())
    await settled()
    aborting.abort(reason)
    await next
    reject(new Error('no token'))
    await settled()
  })

  test('that has aborted keeps it from opening any', async () => {
    const { attempts, done } = sessionsRig({ signal: AbortSignal.abort(reason) })
    expect(await failureOf(done)).toMatchObject({ stage: 'aborted', cause: reason })
    expect(attempts).toEqual([])
  })

  test.each<[string, (abort: () => void) => BackoffOptions]>([
    ['onDown', (onDown) => ({ onDown })],
    [
      'retry',
      (abort) => ({
        retry() {
          abort()
          return true
        },
      }),
    ],
  ])('may abort in %s', async (_, options) => {
    const aborting = new AbortController()
    const { sockets, clock, attempts, done } = sessionsRig({
      signal: aborting.signal,
      ...options(() => aborting.abort(reason)),
    })
    await settled()
    sockets[0]!.terminate()
    expect(await failureOf(done)).toMatchObject({ stage: 'aborted' })
    expect([attempts, clock.pending]).toEqual([[1], 0])
  })

  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
    'that aborts %d turns after a session was opened drops it',
    async (turns) => {
      const { promise, resolve } = deferred<Session>()
      const aborting = new AbortController()
      const client = testSessionClient(() => () => {})
      const session = await client.webSocketSession('ws://test/')
      const loop = async (): Promise<void> => {
        const sessions = reconnectingSessions(() => promise, { signal: aborting.signal })
        for await (const { closed } of sessions) await closed
      }
      const done = failureOf(loop())
      await settled()
      resolve(session)
      for (let turn = 0; turn < turns; turn++) await undefined
      aborting.abort()
      expect(await done).toMatchObject({ stage: 'aborted' })
      expect((await session.closed).reason.code).toBe(1006)
      expect(getEventListeners(aborting.signal, 'abort')).toHaveLength(0)
    },
  )
})

describe('an option', () => {
  test.each<[string, BackoffOptions, string]>([
    ['onDown', { onDown: thrower }, 'thrown'],
    ['an asynchronous onDown', { onDown: async () => thrower() }, 'thrown'],
    ['retry', { retry: thrower }, 'thrown'],
    ['delay', { delay: thrower }, 'thrown'],
    ['a delay that is none', { delay: () => Number.NaN }, 'the option delay is NaN'],
  ])('that fails ends the loop: %s', async (_, options, message) => {
    const { done, sockets, clock, attempts } = sessionsRig(options)
    await settled()
    sockets[0]!.terminate()
    await expect(done).rejects.toThrow(message)
    expect([attempts, clock.pending]).toEqual([[1], 0])
  })

  test('onDown may hold up the next attempt', async () => {
    const { promise, resolve } = deferred<void>()
    const { sockets, attempts, wait } = sessionsRig({ onDown: () => promise })
    await settled()
    sockets[0]!.terminate()
    await settled()
    await wait()
    expect(attempts).toEqual([1])
    resolve()
    await settled()
    expect(attempts).toEqual([1, 2])
  })
})

test('when the network is back, the next attempt follows at once', async () => {
  const page = new EventTarget()
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
  onTestFinished(() => {
    vi.unstubAllGlobals()
  })
  const { sockets, attempts, clock } = sessionsRig()
  await settled()
  sockets[0]!.terminate()
  await settled()
  page.dispatchEvent(new Event('online'))
  page.dispatchEvent(new Event('online'))
  await settled()
  expect(attempts).toEqual([1, 2])
  await clock.advanceAsync(WAIT)
  expect(attempts).toEqual([1, 2])
})

/** What becomes of one attempt, `after` so many milliseconds, and how the loop sees it. */
interface Turn {
  readonly kind: 'refused' | 'lost' | 'closed' | 'done'
  readonly after: number
  /** Of the refusal, or of the close. */
  readonly code: number
}

/** How the last session, or the last attempt, ends the loop. */
const LAST = {
  refused: { status: 401 },
  closed: { name: 'WebSocketClosedException', reason: { code: 1008 } },
  quietly: undefined,
  left: undefined,
  thrown: { message: 'thrown' },
  aborted: { stage: 'aborted' },
} as const

function model(turns: readonly Turn[]): string[] {
  let failures = 0
  return turns.map(({ kind, after, code }) => {
    if (kind !== 'refused' && after >= 5_000) failures = 0
    failures++
    const status = { refused: -1, lost: 1006, closed: code, done: 1000 }[kind]
    return `${status}, ${failures} in a row, ${WAIT} ms`
  })
}

function randomTurn(random: () => number): Turn {
  const one = <T>(...values: readonly T[]): T => values[Math.floor(random() * values.length)]!
  const kind = one('refused', 'lost', 'closed', 'done')
  const code = kind === 'refused' ? one(429, 500, 503) : one(1001, 1009, 1011, 1012, 4000)
  return { kind, after: one(0, 1, 4_999, 5_000, 60_000), code }
}

test.each(Array.from({ length: 100 }, (_, seed) => seed))(
  'whatever happens, the loop does as the model does: schedule %d',
  async (seed) => {
    const random = seededRandom(seed)
    const turns = Array.from({ length: Math.floor(random() * 8) }, () => randomTurn(random))
    const names = ['refused', 'closed', 'quietly', 'left', 'thrown', 'aborted'] as const
    const last = names[Math.floor(random() * names.length)]!
    const aborting = new AbortController()
    let finish = deferred<'done' | 'left' | 'thrown'>()
    const rig = sessionsRig({ signal: aborting.signal }, async (session) => {
      const what = await Promise.race([finish.promise, session.closed])
      if (what === 'thrown') thrower()
      return what === 'left' ? 'leave' : undefined
    })
    const { clock, sockets, refuse, wait } = rig
    const refusals = turns.map(({ kind, code }) => (kind === 'refused' ? code : undefined))
    refusals.push(last === 'refused' ? 401 : undefined)
    refuse(refusals[0])
    for (const [i, { kind, after, code }] of turns.entries()) {
      await clock.advanceAsync(0)
      const socket = sockets.at(-1)
      if (kind !== 'refused') await clock.advanceAsync(after)
      if (kind === 'lost') socket!.terminate()
      if (kind === 'closed') socket!.close(new CloseReason(code))
      if (kind === 'done') finish.resolve('done')
      await clock.advanceAsync(0)
      finish = deferred()
      refuse(refusals[i + 1])
      await wait()
    }
    await clock.advanceAsync(0)
    if (last === 'closed') sockets.at(-1)!.close(WsStatus.POLICY_VALIDATION)
    if (last === 'quietly') sockets.at(-1)!.close()
    if (last === 'left' || last === 'thrown') finish.resolve(last)
    if (last === 'aborted') aborting.abort()
    const outcome: unknown = await rig.done.catch((error: unknown) => error)
    if (LAST[last]) expect(outcome).toMatchObject(LAST[last])
    else expect(outcome).toBeUndefined()
    expect(rig.downs).toEqual(model(turns))
    expect(rig.attempts).toHaveLength(turns.length + 1)
    expect(sockets.every(({ state }) => state === 'closed')).toBe(true)
    expect([clock.pending, getEventListeners(aborting.signal, 'abort').length]).toEqual([0, 0])
  },
)
