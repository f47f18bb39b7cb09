import { afterAll, beforeAll, describe, test, vi } from 'vitest'
import { connect, node, open, openSocket } from '../../src/node/index.ts'
import {
  clientContract,
  contractAppWithFrames,
  contractTests,
  onServer,
  serverContract,
} from '../../src/testing/index.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import { ca, tls } from '../support/tls.ts'

const trust = { tls: { ca } }

describe.each([
  { title: 'on Node', secure: false, within: '1' },
  { title: 'on Node by public ways', secure: false, within: '0' },
  { title: 'on Node with TLS', secure: true, within: '1' },
])('$title', ({ secure, within }) => {
  beforeAll(() => {
    vi.stubEnv('ANTIPHON_SHARED_READ', within)
    vi.stubEnv('ANTIPHON_DIRECT_WRITE', within)
  })
  afterAll(() => {
    vi.unstubAllEnvs()
  })
  const backend = onServer<FrameSocket>(contractAppWithFrames, {
    engine: (options) => node(secure ? { ...options, tls } : options),
    connect: (url, options) => connect(url, { ...options, ...trust }),
    open: (url, options, consumer) => open(url, { ...options, ...trust }, consumer),
    async answer(url, options) {
      const { response, socket } = await openSocket(url, { ...options, ...trust })
      socket.terminate()
      return response.headers
    },
    // The platform's fetch trusts no authority of ours.
    lacks: secure ? ['http', 'heads', 'raw'] : [],
  })

  describe('a server', () => {
    for (const { name, run } of contractTests(serverContract, backend)) test(name, run)
  })
  describe('a client', () => {
    for (const { name, run } of contractTests(clientContract, backend)) test(name, run)
  })
})
