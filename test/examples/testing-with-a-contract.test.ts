import { Socket } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
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

test('in memory there is no timer and no I/O', async () => {
  const timers = (['setTimeout', 'setInterval', 'setImmediate'] as const).map((name) =>
    vi.spyOn(globalThis, name),
  )
  const used = [...timers, vi.spyOn(Socket.prototype, 'connect')]
  for (const { run } of unitTests) await run()
  expect(used.map(({ mock }) => mock.calls)).toEqual(used.map(() => []))
  for (const spy of used) spy.mockRestore()
})
