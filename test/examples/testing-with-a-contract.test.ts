import { describe, expect, test } from 'vitest'
import { serverTests, unitTests } from '../../examples/testing-with-a-contract/contract.ts'

describe('the echo, in memory', () => {
  for (const { name, run } of unitTests) test(name, run)
})

describe('the echo, over the wire', () => {
  for (const { name, run } of serverTests) test(name, run)
})

test('both have all the cases', () => {
  expect(unitTests.map(({ name }) => name)).toEqual(serverTests.map(({ name }) => name))
})
