import { describe, test } from 'vitest'
import { examplesBy } from '../../runtimes/examples.ts'
import { hibernationCases } from '../../runtimes/workerd/hibernation-cases.ts'
import { Room } from '../../runtimes/workerd/room.ts'
import type { RoomContext } from '../../runtimes/workerd/room-context.ts'
import { durableObject, type WorkersSocket, workersTraits } from '../../src/cloudflare/index.ts'
import { createNodeZlib } from '../../src/node/zlib/zlib-port.ts'
import type { PolyHandler } from '../../src/routing/poly-handler.ts'
import {
  type AppContext,
  type Backend,
  contractApp,
  contractTests,
  inMemory,
  type ServerContext,
  serverContract,
  sessionContract,
  sessionContractApp,
  testDurableObject,
} from '../../src/testing/index.ts'
import type { WsHandler } from '../../src/websocket/ws-handler.ts'

type App = PolyHandler<WorkersSocket> | WsHandler<WorkersSocket>

/** An application in a Durable Object, in memory; each case gets one of its own. */
function inObject(app: () => App): Backend<AppContext> {
  return {
    lacks: [...workersTraits.lacks, ...(inMemory(contractApp).lacks ?? [])],
    start({ webSockets, compression = false } = {}) {
      const reports: Error[] = []
      const Served = durableObject(() => app(), {
        webSockets: { onError: (error) => reports.push(error), ...webSockets },
      })
      const object = testDurableObject(Served)
      const memory = inMemory(() => object, { zlib: createNodeZlib() })
      return Object.assign(memory.start({ compression }), { reports: () => reports })
    },
  }
}

/** The room of the workspace `runtimes/`, whose notes outlive its objects. */
const rooms: Backend<RoomContext> = {
  async start() {
    const room = testDurableObject(Room)
    const { connect, fetch } = await inMemory(() => room).start()
    const json = async (path: string): Promise<unknown> => (await fetch(path)).json()
    const notes = async (): Promise<readonly string[]> => {
      // Who asks again and again leaves timers a turn.
      await new Promise((resolve) => setImmediate(resolve))
      const lines = await json('/notes')
      return Array.isArray(lines) ? lines.map(String) : []
    }
    await notes()
    return { connect, json, notes, sleep: () => room.sleep() }
  },
}

describe('in a Durable Object in memory, a server', () => {
  const backend: Backend<ServerContext> = inObject(contractApp)
  for (const { name, run } of contractTests(serverContract, backend)) test(name, run)
})

describe('in a Durable Object in memory, a session', () => {
  const backend: Backend<ServerContext> = inObject(sessionContractApp)
  for (const { name, run } of contractTests(sessionContract, backend)) test(name, run)
})

describe('in memory, a socket that sleeps', () => {
  for (const { name, run } of contractTests(hibernationCases, rooms)) test(name, run)
})

describe('in a Durable Object in memory, the example', () => {
  const { cases } = examplesBy(({ app }) => inObject(app))
  for (const { name, run } of cases) test(name, run)
})
