import { describe, expect, test, vi } from 'vitest'
import { bind } from '../../../src/routing/bind.ts'
import { poly } from '../../../src/routing/poly.ts'
import { websockets } from '../../../src/routing/ws-router.ts'
import {
  ContractFailure,
  expectEqual,
  expectTrue,
  rejection,
  thrown,
} from '../../../src/testing/contract/assert.ts'
import {
  type ContractCase,
  type ContractSetting,
  clientContract,
  contractTests,
  type ServerContext,
  serverContract,
  testWsClient,
} from '../../../src/testing/index.ts'

describe('the contracts', () => {
  test.each([
    ['server', serverContract],
    ['client', clientContract],
  ])('of a %s have no two cases of one name', (_, contract) => {
    const names = contract.map(({ name }) => name)
    expect(names).toEqual([...new Set(names)])
  })

  test('are not kept by a server that answers something else', async () => {
    const app = poly(
      websockets(
        bind('/echo', () => (socket) => {
          socket.onMessage((message) => socket.send(`${message.text()}?`))
        }),
      ),
    )
    const start = (): ServerContext => ({ connect: (path) => testWsClient(app, path) })
    const cases = contractTests(
      serverContract.filter(({ name }) => name.startsWith('text travels')),
      { start },
    )
    expect(cases).toHaveLength(1)
    await expect(cases[0]!.run()).rejects.toThrow(
      'mode and text: expected ["text",""], got ["text","?"]',
    )
  })
})

describe('a contract as tests', () => {
  const contract: readonly ContractCase<{ readonly log: string[] }>[] = [
    {
      name: 'always',
      run: async ({ log }) => {
        log.push('ran')
      },
    },
    { name: 'with pings', needs: ['pings'], run: async () => {} },
    { name: 'with both', needs: ['pings', 'pause'], run: async () => {} },
  ]

  test('leaves out what the backend lacks', () => {
    const start = (): { log: string[] } => ({ log: [] })
    const names = (lacks?: readonly ('pings' | 'pause')[]): string[] =>
      contractTests(contract, { start, ...(lacks && { lacks }) }).map(({ name }) => name)
    expect(names()).toEqual(['always', 'with pings', 'with both'])
    expect(names(['pause'])).toEqual(['always', 'with pings'])
    expect(names(['pings'])).toEqual(['always'])
  })

  test('has cases for those that lack a thing', () => {
    const without = [{ name: 'cannot pause', without: ['pause'] as const, run: async () => {} }]
    const names = (lacks: readonly 'pause'[]): string[] =>
      contractTests(without, { start: () => ({}), lacks }).map(({ name }) => name)
    expect([names([]), names(['pause'])]).toEqual([[], ['cannot pause']])
  })

  test('tells the backend how it is to be for a case', async () => {
    const settings: unknown[] = []
    const start = (setting?: ContractSetting): object => {
      settings.push(setting)
      return {}
    }
    const cases = [
      { name: 'as it is', run: async () => {} },
      { name: 'compressing', setting: { compression: true }, run: async () => {} },
    ]
    for (const { run } of contractTests(cases, { start })) await run()
    expect(settings).toEqual([{}, { compression: true }])
  })

  test('starts the backend for each case, and disposes it when it can be', async () => {
    const log: string[] = []
    const start = async (): Promise<{ log: string[] } & AsyncDisposable> => {
      log.push('started')
      return {
        log,
        [Symbol.asyncDispose]: async () => {
          log.push('disposed')
        },
      }
    }
    const [always] = contractTests(contract, { start })
    await always!.run()
    expect(log).toEqual(['started', 'ran', 'disposed'])
  })

  test('disposes the backend of a case that fails', async () => {
    let disposed = false
    const failing = [{ name: 'fails', run: async () => expectTrue('it holds', false) }]
    const [test] = contractTests(failing, {
      start: () => ({
        [Symbol.asyncDispose]: async () => {
          disposed = true
        },
      }),
    })
    await expect(test!.run()).rejects.toThrow('it does not hold: it holds')
    expect(disposed).toBe(true)
  })

  test('fails a case that does not end', async () => {
    vi.useFakeTimers()
    // Patience keeps the timers that it was loaded with.
    vi.resetModules()
    try {
      const { contractTests } = await import('../../../src/testing/contract/contract.ts')
      const endless = [{ name: 'endless', run: () => new Promise<void>(() => {}) }]
      const [test] = contractTests(endless, { start: () => ({}) })
      const running = expect(test!.run()).rejects.toThrow('it did not end within 10000 ms')
      await vi.advanceTimersByTimeAsync(10_000)
      await running
    } finally {
      vi.useRealTimers()
      // Other files are not to get what was loaded with fakes.
      vi.resetModules()
    }
  })
})

describe('the assertions of a contract', () => {
  test('compare plain data and bytes', () => {
    expectEqual('it', { a: [1, 'b', undefined] }, { a: [1, 'b', undefined] })
    expectEqual('it', Uint8Array.of(1, 2), new Uint8Array([1, 2]))
    expectEqual('it', undefined, undefined)
    expect(() => expectEqual('it', Uint8Array.of(1, 0xff), Uint8Array.of(1))).toThrow(
      new ContractFailure('it: expected bytes 01, got bytes 01 ff'),
    )
    expect(() => expectEqual('it', undefined, 'a')).toThrow('it: expected "a", got undefined')
  })

  test('take what is rejected or thrown, if it is an error', async () => {
    const error = new Error('wrong')
    expect(await rejection('it', Promise.reject(error))).toBe(error)
    await expect(rejection('it', Promise.resolve(1))).rejects.toThrow(
      'it: expected a rejection, got 1',
    )
    await expect(rejection('it', Promise.reject('text'))).rejects.toThrow(
      'expected an Error, got "text"',
    )
    const throws = (): never => {
      throw error
    }
    expect(thrown('it', throws)).toBe(error)
    expect(() => thrown('it', () => 1)).toThrow('it: expected it to throw, got 1')
  })
})
