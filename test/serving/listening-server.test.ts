import { expect, test } from 'vitest'
import { listeningServer } from '../../src/serving/listening-server.ts'
import type { StopPlan } from '../../src/serving/stop-plan.ts'

test('a server says where it listens, also when it learns that late', () => {
  const where = { port: 0, hostname: '127.0.0.1', secure: false }
  const server = listeningServer(where, async () => {})
  where.port = 9000
  expect([server.port, server.url]).toEqual([9000, 'http://127.0.0.1:9000'])
  const six = listeningServer({ port: 1, hostname: '::1', secure: true }, async () => {})
  expect(six.url).toBe('https://[::1]:1')
})

test('a server stops once, however often it is asked to', async () => {
  const plans: StopPlan[] = []
  const server = listeningServer({ port: 1, hostname: 'a', secure: false }, async (plan) => {
    plans.push(plan)
  })
  expect(() => server.stop({ drain: -1 })).toThrow(RangeError)
  const stopped = server.stop({ drain: 5 })
  expect(server.stop()).toBe(stopped)
  await server[Symbol.asyncDispose]()
  expect(plans).toEqual([expect.objectContaining({ drain: 5 })])
})
