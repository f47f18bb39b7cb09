import { readFileSync } from 'node:fs'
import {
  bind,
  type Clock,
  idleTimeout,
  poly,
  record,
  routes,
  type TrafficEntry,
  webSocket,
  websockets,
} from 'antiphon'
import { connect, node, open, reconnecting, type SessionClient } from 'antiphon/node'
import {
  type AppContext,
  type ContractCase,
  chaosTransport,
  clientContract,
  contractAppWithFrames,
  contractTests,
  expectClosed,
  expectMessages,
  expectRefused,
  inMemory,
  memoryLog,
  onServer,
  readCassette,
  replay,
  serverContract,
  sessionContract,
  sessionContractAppWithFrames,
  testSessionClient,
  testWebsocketFactory,
  testWsClient,
  topicLogContract,
  VirtualClock,
  type WebSocketMatchers,
  webSocketMatchers,
  withLeakCheck,
} from 'antiphon/testing'
import { describe, expect, test } from 'vitest'

// The code of docs/testing.md, as it stands there: the last test holds the two together.

const app = websockets(
  bind('/rooms/:room', ({ params }) => (socket) => {
    socket.send(`welcome to ${params.room}`)
    socket.onMessage((message) => socket.send(message.text().toUpperCase()))
    socket.onError((error) => socket.send(`sorry, ${error.message}`))
  }),
)

test('shouts', () => {
  const client = testWsClient(app, '/rooms/tea')
  client.send('hello')
  const texts = [...client.received()].map((message) => message.text())
  expect(texts).toEqual(['welcome to tea', 'HELLO'])
})

test('apologises', () => {
  const client = testWsClient(app, '/rooms/tea')
  client.pushError(new Error('the disk is full'))
  const texts = [...client.received()].map((message) => message.text())
  expect(texts).toEqual(['welcome to tea', 'sorry, the disk is full'])
})

test('says the same in fewer words', async () => {
  const client = testWsClient(app, '/rooms/tea')
  client.send('hello')
  await expectMessages(client, ['welcome to tea', 'HELLO'])
  client.close()
  await expectClosed(client, 1000)
  await expectRefused(testWsClient(app, '/nowhere'), 404)
})

declare module 'vitest' {
  interface Matchers<T> extends WebSocketMatchers {}
}

expect.extend(webSocketMatchers)

test('has matchers', async () => {
  const client = testWsClient(app, '/rooms/tea')
  await expect(client).toHaveReceived(['welcome to tea'])
  client.close()
  await expect(client).toBeClosedWith(1000)
  await expect(testWsClient(app, '/nowhere')).toBeRefusedWith(404)
})

const patient = (clock: Clock) => app.withFilter(idleTimeout(60_000, { clock }))

test('closes when nothing was said for a minute', async () => {
  const clock = new VirtualClock()
  const client = testWsClient(patient(clock), '/rooms/tea')
  clock.advance(59_999)
  client.send('hello')
  clock.advance(59_999)
  expect((await client.opened).state).toBe('open')
  clock.advance(1)
  await expectClosed(client, 1001)
})

const ticking = (clock: Clock) =>
  webSocket('/ticks', async (session) => {
    for (let tick = 1; tick <= 3; tick++) {
      await new Promise<void>((resolve) => clock.after(1_000, resolve))
      await session.send(`tick ${tick}`)
    }
  })

test('ticks every second', async () => {
  const clock = new VirtualClock()
  const client = testWsClient(websockets(ticking(clock)), '/ticks')
  await clock.advanceAsync(3_000)
  await expectMessages(client, ['tick 1', 'tick 2', 'tick 3'])
})

const whole = poly(routes(bind('/ping', () => new Response('pong'))), app)

test('answers HTTP', async () => {
  const response = await whole.http(new Request('http://localhost/ping'))
  expect(response instanceof Response && (await response.text())).toBe('pong')
})

type Network = Pick<typeof import('antiphon/node'), 'connect' | 'open'>

async function greeting(network: Network, room: string) {
  await using client = network.connect(`wss://rooms.example/rooms/${room}`)
  for await (const message of client.received()) return message.text()
  return 'nobody is there'
}

test('is greeted', async () => {
  expect(await greeting(testWebsocketFactory(app), 'tea')).toBe('welcome to tea')
})

test('comes back', async () => {
  const clock = new VirtualClock()
  const { connect } = testWebsocketFactory(app)
  const client = reconnecting(() => connect('/rooms/tea'), { clock, delay: () => 1_000 })
  const first = await client.opened
  first.terminate()
  await clock.advanceAsync(1_000)
  const texts = [...client.received()].map((message) => message.text())
  expect(texts).toEqual(['welcome to tea', 'welcome to tea'])
})

function firstText(sessions: Pick<SessionClient, 'webSocket'>, room: string) {
  return sessions.webSocket(`wss://rooms.example/rooms/${room}`, async (session) => {
    const frame = await session.incoming.receive()
    return frame.type === 'text' ? frame.readText() : undefined
  })
}

test('reads the welcome', async () => {
  expect(await firstText(testSessionClient(app), 'tea')).toBe('welcome to tea')
})

test.each(['bytewise', 'random'] as const)('does not mind chunks that are cut %s', async (cut) => {
  const transport = chaosTransport({ cut })
  const client = testWsClient(app, '/rooms/tea', { transport })
  client.send('x'.repeat(1_000))
  await expectMessages(client, ['welcome to tea', 'X'.repeat(1_000)])
})

test('hears of a connection that is lost in the middle of a frame', async () => {
  const transport = chaosTransport({ breakAfter: 20 })
  const client = testWsClient(app, '/rooms/tea', { transport })
  client.send('never arrives as a whole')
  await expectClosed(client, 1006)
})

test(
  'closes what it opens',
  withLeakCheck(async () => {
    const client = testWsClient(app, '/rooms/tea')
    client.close()
  }),
)

const lines: string[] = []
const recorded = app.withFilter(record((entry: TrafficEntry) => lines.push(JSON.stringify(entry))))
testWsClient(recorded, '/rooms/tea').send('hello')

test('answers as it did', async () => {
  const cassette = readCassette(lines.join('\n'))
  expect(await replay(cassette, app)).toEqual([])
})

const contract: readonly ContractCase<AppContext>[] = [
  {
    name: 'shouts',
    async run({ connect }) {
      const client = connect('/rooms/tea')
      client.send('hello')
      await expectMessages(client, ['welcome to tea', 'HELLO'])
      client.close()
    },
  },
]

const wire = { engine: node, connect, open }
for (const { name, run } of contractTests(
  contract,
  inMemory(() => app),
))
  test(name, run)
for (const { name, run } of contractTests(
  contract,
  onServer(() => app, wire),
))
  test(name, run)

test('a few lines hold a backend against the contracts', async () => {
  const tests = new Map<string, () => Promise<void>>()
  const test = (name: string, run: () => Promise<void>): unknown => tests.set(name, run)

  const backend = onServer(contractAppWithFrames, { ...wire, lacks: ['heads'] })
  for (const { name, run } of contractTests(serverContract, backend)) test(name, run)
  for (const { name, run } of contractTests(clientContract, backend)) test(name, run)

  const sessions = onServer(sessionContractAppWithFrames, wire)
  for (const { name, run } of contractTests(sessionContract, sessions)) test(name, run)

  expect(tests.size).toBeGreaterThan(serverContract.length)
  const all = [...tests.values()]
  await all[0]?.()
  await all.at(-1)?.()
})

describe('the README', () => {
  const app = poly(
    routes(bind('/ping', () => new Response('pong'))),
    websockets(
      bind('/echo', () => (socket) => socket.onMessage((message) => socket.send(message))),
      bind(
        '/rooms/:room',
        (request) => (socket) => socket.send(`welcome to ${request.params.room}`),
      ),
    ),
  )

  test('answers with what it was sent', () => {
    const client = testWsClient(app, '/echo')
    client.send('hello')
    client.close()
    expect([...client.received()].map((message) => message.text())).toEqual(['hello'])
  })
})

describe('a log of your own', () => {
  const start = () => {
    const log = memoryLog() // yours
    return { log, other: log, trim: log.trim }
  }
  for (const { name, run } of contractTests(topicLogContract, { start })) test(name, run)
})

describe('the guide', () => {
  const own = readFileSync(new URL(import.meta.url), 'utf8')

  /** Without imports, and without what formatting is about. */
  function bare(code: string): string {
    return code
      .replace(/^import [^']*'[^']*'$/gm, '')
      .replace(/\s+/g, '')
      .replace(/,(?=[)\]}])/g, '')
  }

  function blocks(page: string): string[] {
    const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8')
    return [...text.matchAll(/^```ts(?:cript)?\n(.*?)^```$/gms)].map(([, code = '']) => code)
  }

  const isRunHere = (code: string): boolean => bare(own).includes(bare(code))

  test('is what is run here', () => {
    const found = blocks('docs/testing.md')
    expect(found.length).toBeGreaterThan(5)
    expect(found.filter((code) => !isRunHere(code))).toEqual([])
  })

  test('begins in the README', () => {
    const about = blocks('README.md').filter((code) => code.includes('antiphon/testing'))
    const server = blocks('README.md').find((code) => code.includes('const app = poly('))
    const [app = ''] = /^const app = .*?^\)$/ms.exec(server ?? '') ?? []
    expect(about).toHaveLength(1)
    expect([app, ...about].filter((code) => !isRunHere(code))).toEqual([])
  })
})
