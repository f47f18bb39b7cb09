import { describe, test } from 'vitest'
import { createNodeZlib } from '../../src/node/zlib/zlib-port.ts'
import { addressCases } from '../../src/testing/contract/cases/address-cases.ts'
import {
  clientContract,
  contractAppWithFrames,
  contractTests,
  inMemory,
  serverContract,
} from '../../src/testing/index.ts'

const backend = inMemory(contractAppWithFrames, { zlib: createNodeZlib() })

describe('in memory, a server', () => {
  for (const { name, run } of contractTests(serverContract, backend)) test(name, run)
})

describe('in memory, with the address of a peer, a server', () => {
  const addressed = inMemory(contractAppWithFrames, { remoteAddress: '127.0.0.1' })
  for (const { name, run } of contractTests(addressCases, addressed)) test(name, run)
})

describe('in memory, a client', () => {
  for (const { name, run } of contractTests(clientContract, backend)) test(name, run)
})
