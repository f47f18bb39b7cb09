import { describe, test } from 'vitest'
import { connect as connectPage } from '../../src/client/index.ts'
import { connect, node, reconnecting } from '../../src/node/index.ts'
import {
  type Backend,
  type ClientContext,
  clientContract,
  contractAppWithFrames,
  contractTests,
  inMemory,
  onServer,
} from '../../src/testing/index.ts'
import type { WsClient } from '../../src/websocket/client/ws-client.ts'
import { usePlatformWebSocket } from '../support/platform-websocket.ts'

usePlatformWebSocket()

/** With one attempt, it is a client like any other. */
const once = (connect: () => WsClient): WsClient => reconnecting(connect, { retry: () => false })

const memory = inMemory(contractAppWithFrames)

const backends: readonly (readonly [string, Backend<ClientContext>])[] = [
  [
    'in memory',
    {
      lacks: [...(memory.lacks ?? []), 'open'],
      async start(setting) {
        const { connect } = await memory.start(setting)
        return { connect: (path, options) => once(() => connect(path, options)) }
      },
    },
  ],
  [
    'on Node',
    onServer(contractAppWithFrames, {
      engine: node,
      connect: (url, options) => once(() => connect(url, options)),
    }),
  ],
  [
    "over the platform's WebSocket",
    onServer(contractAppWithFrames, {
      engine: node,
      connect: (url, { protocols = [] } = {}) => once(() => connectPage(url, { protocols })),
      lacks: ['headers', 'refusals', 'closeCodes', 'afterClose'],
    }),
  ],
]

describe.each(backends)('%s, a client that reconnects', (_, backend) => {
  for (const { name, run } of contractTests(clientContract, backend)) test(name, run)
})
