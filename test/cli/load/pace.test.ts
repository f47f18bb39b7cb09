import { describe, expect, test } from 'vitest'
import { pace } from '../../../src/cli/load/pace.ts'
import { VirtualClock } from '../../../src/testing/clock/virtual-clock.ts'

describe('pace', () => {
  test('does so many in a second, the first at once, and says when each is due', async () => {
    const clock = new VirtualClock()
    const done: [number, number, number][] = []
    const pacing = pace({ count: 4, perSecond: 2, clock }, (index, due) =>
      done.push([index, due, clock.now()]),
    )
    expect(done).toEqual([[0, 0, 0]])
    clock.advance(1_499)
    expect(done.slice(1)).toEqual([
      [1, 500, 500],
      [2, 1_000, 1_000],
    ])
    expect(pacing.isOn).toBe(true)
    clock.advance(1)
    expect(done).toHaveLength(4)
    expect(pacing.isOn).toBe(false)
    await pacing.done
    expect(clock.pending).toBe(0)
  })

  test('catches up when it is late, and moves no due time', () => {
    let now = 0
    let wake = (): void => {}
    const clock = {
      now: () => now,
      after(_: number, fn: () => void) {
        wake = fn
        return () => {}
      },
    }
    const dues: number[] = []
    const pacing = pace({ count: 100, perSecond: 10, clock }, (_, due) => dues.push(due))
    now = 350
    expect(pacing.overdue).toBe(3)
    wake()
    expect(dues).toEqual([0, 100, 200, 300])
    expect(pacing.overdue).toBe(0)
    pacing.stop()
    now = 1_000
    expect(pacing.overdue).toBe(0)
  })

  test('gives way to others while it catches up, however much is due', () => {
    let now = 0
    const turns: (() => void)[] = []
    const clock = {
      now: () => now,
      after(_: number, fn: () => void) {
        turns.push(fn)
        return () => {}
      },
    }
    let done = 0
    const pacing = pace({ count: Infinity, perSecond: 1_000_000, clock }, () => done++)
    now = 10
    turns.shift()!()
    expect(done).toBeLessThan(10_000)
    expect(pacing.overdue).toBe(10_000 - done)
    while (pacing.overdue > 0) turns.shift()!()
    expect(done).toBeGreaterThanOrEqual(10_000)
  })

  test('does nothing that is due when it is over, and does not miss it', () => {
    const clock = new VirtualClock()
    const dues: number[] = []
    const pacing = pace({ count: Infinity, perSecond: 10, clock, until: 300 }, (_, due) =>
      dues.push(due),
    )
    clock.advance(1_000)
    expect(dues).toEqual([0, 100, 200])
    expect(pacing.overdue).toBe(0)
    expect(pacing.isOn).toBe(true)
    expect(clock.pending).toBe(0)
  })

  test('catches up at once when it is told to', () => {
    const clock = new VirtualClock()
    let now = 0
    const dues: number[] = []
    const ticking = { now: () => now, after: clock.after.bind(clock) }
    const pacing = pace({ count: 4, perSecond: 10, clock: ticking }, (_, due) => dues.push(due))
    now = 250
    pacing.catchUp()
    expect(dues).toEqual([0, 100, 200])
    expect(clock.pending).toBe(1)
  })

  test('can be stopped, also if it would have no end', async () => {
    const clock = new VirtualClock()
    let count = 0
    const pacing = pace({ count: Infinity, perSecond: 1_000, clock }, () => count++)
    clock.advance(10)
    pacing.stop()
    await pacing.done
    clock.advance(10)
    expect(count).toBe(11)
    expect(pacing.isOn).toBe(false)
    expect(clock.pending).toBe(0)
  })

  test('is done at once when there is nothing to do', async () => {
    const pacing = pace({ count: 0, perSecond: 1, clock: new VirtualClock() }, () => {})
    expect(pacing.isOn).toBe(false)
    await pacing.done
  })
})
