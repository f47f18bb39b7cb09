import { describe, expect, test } from 'vitest'
import { openAll } from '../../../src/cli/load/opening.ts'
import { echoing, loadOn, serving } from '../../support/load-rig.ts'

const never = new AbortController().signal

describe('openAll', () => {
  test('opens as many connections as the plan says', async () => {
    await using server = await serving(echoing)
    const load = loadOn(server.url, { connections: 5 })
    expect(await openAll(load, never)).toHaveLength(5)
    expect(load.tally).toMatchObject({ opened: 5, open: 5, failures: [], refusals: [] })
    expect(load.tally.openings.count).toBe(5)
  })

  test('counts those that were refused, and goes on', async () => {
    let count = 0
    await using server = await serving((request) =>
      ++count % 2 === 0 ? new Response('later', { status: 503 }) : echoing(request),
    )
    const load = loadOn(server.url, { connections: 4 })
    expect(await openAll(load, never)).toHaveLength(2)
    expect(load.tally.refusals).toMatchObject([{ kind: '503', count: 2 }])
  })

  test('waits for the first one alone, and keeps to the rate after it', async () => {
    const abort = new AbortController()
    let count = 0
    await using server = await serving((request) => {
      count++
      abort.abort()
      return echoing(request)
    })
    const load = loadOn(server.url, { connections: 1_000 })
    const talkers = await openAll(load, abort.signal)
    expect(count).toBe(1)
    expect(talkers.length).toBeLessThanOrEqual(1)
    expect(load.tally.failures).toEqual([])
  })

  test('gives up those on their way when it is told to', async () => {
    const abort = new AbortController()
    let count = 0
    await using server = await serving((request) => {
      if (++count === 1) return echoing(request)
      abort.abort()
      return new Promise(() => {})
    })
    const load = loadOn(server.url, { connections: 1_000, rate: 1_000 })
    expect(await openAll(load, abort.signal)).toHaveLength(1)
    expect(load.tally.opened).toBe(1)
    expect(load.tally.failures).toEqual([])
  })

  test('rejects at once what cannot be sent', async () => {
    await expect(openAll(loadOn('no URL', { connections: 5 }), never)).rejects.toThrow(TypeError)
  })
})
