import { describe, expect, test } from 'vitest'
import { connect, node, open, openSocket } from '../../src/node/index.ts'
import { bind } from '../../src/routing/bind.ts'
import { routes } from '../../src/routing/http-router.ts'
import { type Poly, poly } from '../../src/routing/poly.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import {
  type AppContext,
  type ContractCase,
  clientContract,
  contractAppWithFrames,
  contractTests,
  expectMessages,
  inMemory,
  onServer,
  type ServerBackend,
} from '../../src/testing/index.ts'
import { accept } from '../../src/websocket/accept.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import { WebSocketUpgrade } from '../../src/websocket/websocket-upgrade.ts'

const wire: ServerBackend<FrameSocket> = {
  engine: node,
  connect,
  open,
  async answer(url, options) {
    const { response, socket } = await openSocket(url, options)
    socket.terminate()
    return response.headers
  },
}

/** What it holds: how often it was opened. */
function counting(): Poly {
  let count = 0
  return poly(
    routes(
      bind('/ping', () => new Response('pong')),
      bind('/upgrade', () => new WebSocketUpgrade(accept(() => {}))),
      bind('/broken', () => {
        throw new Error('the handler threw')
      }),
    ),
    websockets(
      bind('/count', () => (socket) => socket.send(String(++count))),
      bind('/fails', () => () => {
        throw new Error('it failed')
      }),
    ),
  )
}

const cases: readonly ContractCase<AppContext>[] = [
  {
    name: 'opens paths, each case in an application of its own',
    async run({ connect }) {
      await expectMessages(connect('/count'), ['1'])
      await expectMessages(connect('/count?again'), ['2'])
    },
  },
  {
    name: 'is the same application again',
    async run({ connect }) {
      await expectMessages(connect('/count'), ['1'])
    },
  },
  {
    name: 'fetches',
    run: async ({ fetch }) => expect(await (await fetch('/ping')).text()).toBe('pong'),
  },
  {
    name: 'keeps what the hook was told',
    async run({ connect, reports }) {
      await connect('/fails').closed
      expect(reports().map((error) => error.message)).toEqual(['it failed'])
    },
  },
]

describe('an application of a user', () => {
  for (const { name, run } of contractTests(cases, inMemory(counting))) {
    test(`in memory ${name}`, run)
  }
  for (const { name, run } of contractTests(cases, onServer(counting, wire))) {
    test(`on a server ${name}`, run)
  }
})

describe('the contract of clients', () => {
  const app = contractAppWithFrames
  for (const { name, run } of contractTests(clientContract, inMemory(app))) {
    test(`in memory: ${name}`, run)
  }
  for (const { name, run } of contractTests(clientContract, onServer(app, wire))) {
    test(`over the wire: ${name}`, run)
  }
})

test('in memory, options reach client and application', async () => {
  const reports: Error[] = []
  const { connect } = await inMemory(counting, {
    maxMessageSize: 0,
    webSockets: { onError: (error) => reports.push(error) },
  }).start()
  expect((await connect('/count').closed).code).toBe(1009)
  await connect('/fails').closed
  expect(reports).toHaveLength(1)
})

test('in memory, plain requests are answered as on a server', async () => {
  const { fetch, reports } = await inMemory(counting).start()
  expect((await fetch('/upgrade')).status).toBe(426)
  expect((await fetch('/broken')).status).toBe(500)
  expect(reports().map(String)).toEqual(['Error: the handler threw'])

  const socketsOnly = await inMemory(() => () => () => {}).start()
  expect((await socketsOnly.fetch('/')).status).toBe(426)
})

test('a backend lacks what its client and its engine do', () => {
  const { engine } = wire
  const lacking = { name: 'poor', lacks: ['ping'] as const, start: () => Promise.reject() }
  expect(onServer(counting, { engine, connect }).lacks).toEqual(['open', 'answers'])
  expect(onServer(counting, { engine, connect, lacks: ['http'] }).lacks).toContain('http')
  expect(onServer(counting, { ...wire, engine: () => lacking }).lacks).toEqual(['ping'])
  expect(onServer(counting, wire).lacks).toEqual([])
})
