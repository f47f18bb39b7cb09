import { describe, test } from 'vitest'
import {
  type ClientContext,
  clientContract,
  contractAppWithFrames,
  contractTests,
  type ServerContext,
  serverContract,
  testWsClient,
} from '../../src/testing/index.ts'

function offline(): ServerContext & ClientContext {
  const app = contractAppWithFrames()
  const reports: Error[] = []
  const webSockets = { onError: (error: Error) => reports.push(error) }
  return {
    connect: (path, options) => testWsClient(app, path, { ...options, webSockets }),
    fetch: async (path, init) => {
      const answer = await app.http(new Request(`http://localhost${path}`, init))
      if (answer instanceof Response) return answer
      throw new Error('no upgrade was asked for')
    },
    reports: () => reports,
  }
}

describe('in memory, a server', () => {
  const backend = { lacks: ['heads', 'stop'] as const, start: offline }
  for (const { name, run } of contractTests(serverContract, backend)) test(name, run)
})

describe('in memory, a client', () => {
  const backend = { lacks: ['unreachable', 'open'] as const, start: offline }
  for (const { name, run } of contractTests(clientContract, backend)) test(name, run)
})
