import { describe, test } from 'vitest'
import { connect, open } from '../../src/client/index.ts'
import { node } from '../../src/node/index.ts'
import {
  clientContract,
  contractAppWithFrames,
  contractTests,
  onServer,
} from '../../src/testing/index.ts'
import { usePlatformWebSocket } from '../support/platform-websocket.ts'

usePlatformWebSocket()

describe("over the platform's WebSocket, a client", () => {
  const backend = onServer(contractAppWithFrames, {
    engine: node,
    connect: (url, { protocols = [] } = {}) => connect(url, { protocols }),
    open: (url, { protocols = [] }, consumer) => open(url, { protocols }, consumer),
    lacks: ['headers', 'refusals', 'closeCodes', 'afterClose'],
  })
  for (const { name, run } of contractTests(clientContract, backend)) test(name, run)
})
