import { expect, test } from 'vitest'
import {
  type DurableObjectState,
  durableObject,
  hibernatable,
} from '../../../src/cloudflare/index.ts'
import { connectionLimit } from '../../../src/filters/connection-limit.ts'
import { originPolicy } from '../../../src/filters/origin-policy.ts'
import { printTraffic } from '../../../src/filters/print-traffic.ts'
import { reportTransaction } from '../../../src/filters/report-transaction.ts'
import { setSubprotocol } from '../../../src/filters/set-subprotocol.ts'
import { lensFailures } from '../../../src/lens/lens-failures.ts'
import { bind } from '../../../src/routing/bind.ts'
import { routes } from '../../../src/routing/http-router.ts'
import { poly } from '../../../src/routing/poly.ts'
import { websockets } from '../../../src/routing/ws-router.ts'
import {
  expectClosed,
  expectMessages,
  expectRefused,
  inMemory,
  testDurableObject,
  testWsClient,
} from '../../../src/testing/index.ts'
import { accept } from '../../../src/websocket/accept.ts'
import { requestKey } from '../../../src/websocket/request/request-key.ts'
import { requestOf, type UpgradeRequest } from '../../../src/websocket/request/upgrade-request.ts'
import type { HandshakeFilter } from '../../../src/websocket/ws-handler.ts'

// The contract, and what sockets do that sleep, is in test/contract/durable-object.test.ts.

const quiet = { webSockets: { onError() {} } }

/** Counts in a closure and in an attachment. */
const Counting = durableObject((state) => {
  let heard = 0
  const counters = hibernatable<number>({
    state,
    message(socket) {
      socket.attachment += 1
      socket.send(`${++heard} ${socket.attachment}`)
    },
  })
  return websockets(
    bind('/counts', () => counters(0)),
    bind('/plain', () => (socket) => {
      socket.onMessage((message) => socket.send(message))
    }),
  )
})

test('attachments survive the sleep of an object, closures do not', async () => {
  const object = testDurableObject(Counting)
  const client = testWsClient(object, '/counts')
  client.send('one')
  client.send('two')
  await expectMessages(client, ['1 1', '2 2'])
  await object.sleep()
  client.send('three')
  await expectMessages(client, ['1 3'])
  client.close()
  await expectClosed(client, 1000)
})

test.each([
  ['drop', false, ['one may always wait']],
  ['wait', true, ['one may always wait', 'what becomes of this?']],
] as const)(
  'limits survive the sleep of an object, with the policy %s',
  async (slowConsumer, expected, heard) => {
    let tell: (sent: boolean) => void = () => {}
    const sent = new Promise<boolean>((resolve) => {
      tell = resolve
    })
    const Dashboard = durableObject((state) => {
      const dashboards = hibernatable({
        state,
        message(socket) {
          socket.send('one may always wait')
          tell(socket.send('what becomes of this?'))
        },
      })
      const limits = { maxBufferedAmount: 10, slowConsumer }
      return websockets(bind('/', () => accept(dashboards(), { limits })))
    })
    const object = testDurableObject(Dashboard)
    const client = testWsClient(object, '/')
    const { link } = await client.opened
    await object.sleep()
    link.pause?.()
    client.send('wake')
    expect(await sent).toBe(expected)
    link.resume?.()
    await expectMessages(client, heard)
    client.close()
    await expectClosed(client, 1000)
  },
)

test.each(['WebSocket', 'HTTP'])(
  'the %s half of a Worker in front passes an upgrade on to an object',
  async (half) => {
    const object = testDurableObject(Counting)
    const env = requestKey<{ readonly COUNTERS: { getByName(name: string): typeof object } }>('env')
    const inObject = (request: UpgradeRequest<{ readonly name: string }>) => {
      const { COUNTERS } = request.get(env)
      const moved = request.withUrl(`http://object/${request.header('x-path')}`)
      return COUNTERS.getByName(request.params.name).fetch(moved.raw)
    }
    const front =
      half === 'WebSocket'
        ? poly(websockets(bind('/:name', inObject)))
        : poly(routes(bind('/:name', inObject)))
    const asked = requestOf(new Request('http://worker/one')).with(env, {
      COUNTERS: { getByName: () => object },
    })
    const client = testWsClient(front, asked, { headers: { 'x-path': 'counts' } })
    client.send('one')
    await expectMessages(client, ['1 1'])
    await object.sleep()
    client.send('two')
    await expectMessages(client, ['1 2'])
    client.close()
    await expectClosed(client, 1000)
    await expectRefused(testWsClient(front, asked, { headers: { 'x-path': 'none' } }), 404)
  },
)

test('an object answers plain requests with responses', async () => {
  const object = testDurableObject(Counting)
  const { status } = await object.http(new Request('http://object/none'))
  expect(status).toBe(404)
})

test('an object does not sleep while a handler is at work', async () => {
  const steps: string[] = []
  const turn = (step: string): Promise<void> =>
    new Promise((resolve) => setImmediate(() => resolve(void steps.push(step))))
  const Working = durableObject((state) => {
    const sockets = hibernatable({
      state,
      async message() {
        await turn('message')
        throw new Error('it did not work')
      },
      async error(socket, { message }) {
        await turn('error')
        socket.send(message)
      },
      close: () => turn('close'),
    })
    return websockets(bind('/', () => sockets()))
  })
  const object = testDurableObject(Working)
  const client = testWsClient(object)
  await client.opened
  client.send('hello')
  await object.sleep()
  expect(steps).toEqual(['message', 'error'])
  await expectMessages(client, ['it did not work'])
  client.close()
  await object.sleep()
  expect(steps).toEqual(['message', 'error', 'close'])
})

test('what an object that sleeps still does reaches nobody', async () => {
  let late: () => void = () => {}
  const Late = durableObject((state) => {
    const sockets = hibernatable({
      state,
      message: (socket, message) => socket.send(message),
      open(socket) {
        late = () => {
          socket.send('late')
          socket.close()
        }
      },
    })
    return websockets(bind('/', () => sockets()))
  })
  const object = testDurableObject(Late)
  const client = testWsClient(object)
  await client.opened
  await object.sleep()
  late()
  client.send('hello')
  await expectMessages(client, ['hello'])
  client.close()
})

test('an object with a plain socket does not sleep', async () => {
  const object = testDurableObject(Counting)
  const client = testWsClient(object, '/plain')
  client.send('hello')
  await expectMessages(client, ['hello'])
  await expect(object.sleep()).rejects.toThrow(
    'the object has plain sockets, which keep it in memory: close them before it is to sleep',
  )
  client.close()
  await expectClosed(client, 1000)
  await object.sleep()
})

test('an object gets bindings and state, made anew with the same after its sleep', async () => {
  interface Stored extends DurableObjectState {
    readonly storage: Map<string, number>
  }
  const Stores = durableObject((state: Stored, env: { readonly STEP: number }) => {
    const before = state.storage.get('made') ?? 0
    state.storage.set('made', before + env.STEP)
    return poly(routes(bind('/', () => Response.json(state.storage.get('made')))))
  })
  const storage = new Map<string, number>()
  const object = testDurableObject(Stores, { env: { STEP: 5 }, state: { storage } })
  const { fetch } = await inMemory(() => object).start()
  expect(await (await fetch('/')).json()).toBe(5)
  await object.sleep()
  expect(await (await fetch('/')).json()).toBe(10)
})

test('an object that could not be made is made anew', async () => {
  let made = 0
  const Fails = durableObject(async () => {
    made++
    if (made === 1) throw new Error('the storage is not there')
    return websockets(bind('/', () => (socket) => socket.send(`made ${made}`)))
  })
  const object = testDurableObject(Fails)
  await expectRefused(testWsClient(object, '/', quiet), 500)
  const client = testWsClient(object)
  await expectMessages(client, ['made 2'])
  client.close()
})

test('an object is called only when all that blocks it has ended', async () => {
  const loading = [Promise.resolve(), new Promise<void>((resolve) => setImmediate(resolve))]
  const Loads = durableObject(async (state) => {
    await loading.shift()
    const echo = hibernatable({ state, message: (socket, message) => void socket.send(message) })
    return websockets(bind('/', () => echo()))
  })
  class BlocksTwice extends Loads {
    constructor(state: DurableObjectState, env: unknown) {
      super(state, env)
      void state.blockConcurrencyWhile(async () => {})
    }
  }
  const object = testDurableObject(BlocksTwice)
  const client = testWsClient(object)
  await client.opened
  await object.sleep()
  client.send('wakes it')
  await expectMessages(client, ['wakes it'])
  client.close()
})

test('a socket that may sleep has no headers of its request, and nothing under its keys', async () => {
  const user = requestKey('user', { value: 'nobody' })
  const Known = durableObject((state) => {
    const sockets = hibernatable<string>({
      state,
      open: ({ upgradeRequest }) => upgradeRequest.header('cookie'),
      message: ({ upgradeRequest }) => upgradeRequest.get(user),
      error: (socket, { message }) => socket.send(message),
    })
    return websockets(bind('/', (request) => sockets(request.get(user)))).withHandshake(
      (next) => (request) => next(request.with(user, 'ann')),
    )
  })
  const client = testWsClient(testDurableObject(Known))
  client.send('who am I?')
  await expectMessages(client, [
    'cloudflare keeps no headers with a socket that sleeps: put what you need of the request into its attachment',
    "cloudflare keeps nothing under the key 'user' with a socket that sleeps: put what you need of the request into its attachment",
  ])
  client.close()
})

test('an attachment has at most 16,384 bytes', async () => {
  const Bloated = durableObject((state) => {
    const sockets = hibernatable<string>({ state })
    return websockets(bind('/:size', ({ params }) => sockets('a'.repeat(Number(params.size)))))
  }, quiet)
  const object = testDurableObject(Bloated)
  const client = testWsClient(object, '/16000')
  await client.opened
  client.close()
  await expectRefused(testWsClient(object, '/16384'), 500)
  // The one that was not opened does not keep it awake.
  await object.sleep()
})

test('what an attachment takes is counted as Workers do, and told apart from what cannot be kept', async () => {
  const large = new Uint8Array(20_000)
  const attachments: Readonly<Record<string, unknown>> = {
    'a part of a buffer': large.subarray(0, 10),
    'a copy of that part': large.slice(0, 10),
    'bytes that just fit': new Uint8Array(16_200),
    'bytes that do not': new Uint8Array(16_300),
    'a function': () => {},
    'a blob': new Blob(['a']),
    'a getter that throws': {
      get name() {
        throw new Error('nobody')
      },
    },
  }
  const Keeps = durableObject((state) => {
    const sockets = hibernatable<unknown>({
      state,
      message(socket, message) {
        socket.attachment = attachments[message.text()]
        socket.send('kept')
      },
      error: (socket, { name }) => socket.send(name),
    })
    return websockets(bind('/', () => sockets(undefined)))
  })
  const client = testWsClient(testDurableObject(Keeps))
  for (const name of Object.keys(attachments)) client.send(name)
  await expectMessages(client, [
    'RangeError',
    'kept',
    'kept',
    'RangeError',
    'TypeError',
    'TypeError',
    'TypeError',
  ])
  client.close()
})

test('a socket that may sleep stands behind no filter that looks at it, and is told which do', async () => {
  const reports: string[] = []
  const behind = (filter: HandshakeFilter): ReturnType<typeof testWsClient> => {
    const Behind = durableObject(
      (state) => {
        const sockets = hibernatable({ state, open: (socket) => socket.send('open') })
        return websockets(bind('/', () => sockets())).withHandshake(filter)
      },
      { webSockets: { onError: ({ message }) => reports.push(message) } },
    )
    return testWsClient(testDurableObject(Behind), '/', { protocols: ['a'] })
  }
  for (const filter of [
    connectionLimit({ total: 1 }),
    printTraffic(() => {}),
    reportTransaction(() => {}),
  ]) {
    await expectClosed(behind(filter), 1011)
    expect(reports.splice(0)).toEqual([
      expect.stringContaining(
        'no WsFilter, connectionLimit, openTelemetry, printTraffic or reportTransaction',
      ),
    ])
  }
  for (const filter of [setSubprotocol(['a']), originPolicy('any'), lensFailures]) {
    const client = behind(filter)
    await expectMessages(client, ['open'])
    client.close()
  }
})

test('an option that there is none of is an error: a storage belongs in the state', () => {
  const options = { storage: new Map() }
  expect(() => testDurableObject(Counting, options as object)).toThrow(
    new TypeError('testDurableObject() has no option storage: there are env, state'),
  )
})
