import { describe, test } from 'vitest'
import { ourHttp2Client } from '../../runtimes/our-client.ts'
import { node } from '../../src/node/index.ts'
import {
  clientContract,
  contractAppWithFrames,
  contractTests,
  onServer,
  type ServerBackend,
  serverContract,
  sessionContract,
  sessionContractAppWithFrames,
} from '../../src/testing/index.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import { tls } from '../support/tls.ts'

const overHttp2: ServerBackend<FrameSocket> = {
  engine: (options) => node({ ...options, tls, http2: true }),
  ...ourHttp2Client,
}

describe('on Node over HTTP/2', () => {
  const backend = onServer(contractAppWithFrames, overHttp2)
  describe('a server', () => {
    for (const { name, run } of contractTests(serverContract, backend)) test(name, run)
  })
  describe('a client', () => {
    for (const { name, run } of contractTests(clientContract, backend)) test(name, run)
  })
  describe('behind three filters, a session', () => {
    const sessions = onServer(sessionContractAppWithFrames, overHttp2)
    for (const { name, run } of contractTests(sessionContract, sessions)) test(name, run)
  })
})
