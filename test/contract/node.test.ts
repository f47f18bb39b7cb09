import { afterAll, beforeAll, describe, test, vi } from 'vitest'
import { connect, node, open } from '../../src/node/index.ts'
import { serve } from '../../src/serving/engine.ts'
import {
  type ClientContext,
  clientContract,
  contractAppWithFrames,
  contractTests,
  type ServerContext,
  serverContract,
} from '../../src/testing/index.ts'
import { ca, tls } from '../support/tls.ts'

/** Nobody listens on the port for TCP multiplexing. */
const NOWHERE = 'ws://127.0.0.1:1/'

async function overTheWire(
  secure: boolean,
): Promise<ServerContext & ClientContext & AsyncDisposable> {
  const reports: Error[] = []
  const server = await serve(
    contractAppWithFrames(),
    node({
      ...(secure && { tls }),
      webSockets: { onError: (error) => reports.push(error) },
    }),
  )
  const options = { tls: { ca } }
  const url = server.url.replace('http', 'ws')
  return {
    connect: (path, given) => connect(url + path, { ...options, ...given }),
    open: (path, consumer) => open(url + path, options, consumer),
    unreachable: () => connect(NOWHERE),
    openUnreachable: (consumer) => open(NOWHERE, {}, consumer),
    fetch: (path, init) => fetch(server.url + path, init),
    stop: () => server.stop(),
    reports: () => reports,
    [Symbol.asyncDispose]: () => server.stop({ drain: 1_000 }),
  }
}

describe.each([
  { title: 'on Node', secure: false, sharedRead: '1' },
  { title: 'on Node by data events', secure: false, sharedRead: '0' },
  { title: 'on Node with TLS', secure: true, sharedRead: '1' },
])('$title', ({ secure, sharedRead }) => {
  beforeAll(() => {
    vi.stubEnv('ANTIPHON_SHARED_READ', sharedRead)
  })
  afterAll(() => {
    vi.unstubAllEnvs()
  })
  // The platform's fetch trusts no authority of ours.
  const lacks = secure ? (['http', 'heads'] as const) : []
  const backend = { lacks, start: () => overTheWire(secure) }

  describe('a server', () => {
    for (const { name, run } of contractTests(serverContract, backend)) test(name, run)
  })
  describe('a client', () => {
    for (const { name, run } of contractTests(clientContract, backend)) test(name, run)
  })
})
