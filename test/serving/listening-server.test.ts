import { expect, test } from 'vitest'
import { bun } from '../../src/bun/engine.ts'
import { deno } from '../../src/deno/engine.ts'
import { node } from '../../src/node/engine.ts'
import { listeningServer, listenOptions } from '../../src/serving/listening-server.ts'
import type { StopPlan } from '../../src/serving/stop-plan.ts'

test('a server says where it listens, also when it learns that late', () => {
  const where = { port: 0, hostname: '127.0.0.1', secure: false }
  const server = listeningServer(where, async () => {})
  where.port = 9000
  expect([server.port, server.url]).toEqual([9000, 'http://127.0.0.1:9000'])
  const six = listeningServer({ port: 1, hostname: '::1', secure: true }, async () => {})
  expect(six.url).toBe('https://[::1]:1')
})

test('a server listens where it is told to, or on any free port of this machine alone', () => {
  expect(listenOptions({})).toEqual({ port: 0, hostname: '127.0.0.1' })
  const where = { port: 65_535, hostname: '::' }
  expect(listenOptions(where)).toEqual(where)
})

test.each<[options: object, problem: string]>([
  [{ port: '9000' }, "the option port is '9000': it must be a whole number from 0 to 65535"],
  [{ port: '' }, "the option port is ''"],
  [{ port: null }, 'the option port is null'],
  [{ port: Number.NaN }, 'the option port is NaN'],
  [{ port: 1.5 }, 'the option port is 1.5'],
  [{ port: -1 }, 'the option port is -1'],
  [{ port: 65_536 }, 'the option port is 65536'],
  [{ hostname: '' }, "the option hostname is '': it must be a name or an address, such as "],
  [{ hostname: null }, 'the option hostname is null'],
  [{ hostname: 5 }, 'the option hostname is 5'],
])('a server does not listen on %o', async (options, problem) => {
  expect(() => listenOptions(options)).toThrow(RangeError)
  expect(() => listenOptions(options)).toThrow(problem)
  for (const engine of [node, bun, deno]) {
    await expect(engine(options).start({ http: undefined, ws: () => undefined })).rejects.toThrow(
      problem,
    )
  }
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
