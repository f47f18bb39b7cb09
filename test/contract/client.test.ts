import { describe, test } from 'vitest'
import { connect, open } from '../../src/client/index.ts'
import { node } from '../../src/node/index.ts'
import { serve } from '../../src/serving/engine.ts'
import {
  type ClientContext,
  clientContract,
  contractApp,
  contractTests,
} from '../../src/testing/index.ts'
import { usePlatformWebSocket } from '../support/platform-websocket.ts'

/** Nobody listens on the port for TCP multiplexing. */
const NOWHERE = 'ws://127.0.0.1:1/'

usePlatformWebSocket()

async function overThePlatform(): Promise<ClientContext & AsyncDisposable> {
  const server = await serve(contractApp(), node())
  const url = server.url.replace('http', 'ws')
  return {
    connect: (path, { protocols = [] } = {}) => connect(url + path, { protocols }),
    open: (path, consumer) => open(url + path, {}, consumer),
    unreachable: () => connect(NOWHERE),
    openUnreachable: (consumer) => open(NOWHERE, {}, consumer),
    [Symbol.asyncDispose]: () => server.stop({ drain: 1_000 }),
  }
}

describe("over the platform's WebSocket, a client", () => {
  const lacks = ['headers', 'refusals', 'closeCodes', 'afterClose'] as const
  const backend = { lacks, start: overThePlatform }
  for (const { name, run } of contractTests(clientContract, backend)) test(name, run)
})
