import { describe, test } from 'vitest'
import { connect, node } from '../../src/node/index.ts'
import { inMemory, onServer } from '../../src/testing/backends.ts'
import { contractTests } from '../../src/testing/contract/contract.ts'
import {
  sessionContract,
  sessionContractApp,
  sessionContractAppWithFrames,
} from '../../src/testing/contract/session-contract.ts'

describe('behind three filters in memory, a session', () => {
  const backend = inMemory(sessionContractAppWithFrames)
  for (const { name, run } of contractTests(sessionContract, backend)) test(name, run)
})

describe('behind three filters on Node, a session', () => {
  const backend = onServer(sessionContractAppWithFrames, { engine: node, connect })
  for (const { name, run } of contractTests(sessionContract, backend)) test(name, run)
})

describe('where there are no frames, a session', () => {
  const backend = inMemory(sessionContractApp)
  const lacking = { ...backend, lacks: [...(backend.lacks ?? []), 'frames'] as const }
  for (const { name, run } of contractTests(sessionContract, lacking)) test(name, run)
})
