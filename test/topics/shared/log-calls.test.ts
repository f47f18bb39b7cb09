import { expect, test } from 'vitest'
import { promisesRun as settled } from '../../../src/testing/clock/in-time.ts'
import { VirtualClock } from '../../../src/testing/clock/virtual-clock.ts'
import { LogCalls } from '../../../src/topics/shared/log-calls.ts'

test('a hundred calls are under way at once, and the others follow in order as these end', async () => {
  const clock = new VirtualClock()
  const calls = new LogCalls(clock)
  const begun: number[] = []
  const ends: (() => void)[] = []
  const results = Array.from({ length: 250 }, (_, i) =>
    calls.call(async () => {
      begun.push(i)
      await new Promise<void>((resolve) => ends.push(resolve))
      if (i % 2 === 1) throw new Error(`no ${i}`)
      return i
    }),
  )
  const all = Promise.allSettled(results)
  await settled()
  expect(begun).toHaveLength(100)
  ends[7]!()
  ends[8]!()
  await settled()
  expect(begun).toHaveLength(102)
  for (let i = 0; i < 250; i++) {
    ends[i]!()
    await settled()
  }
  expect(begun).toEqual(Array.from({ length: 250 }, (_, i) => i))
  const outcomes = await all
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(125)
  expect(clock.pending).toBe(0)
  // All places are free again.
  for (let i = 0; i < 101; i++)
    void calls.call(() => new Promise(() => begun.push(i))).catch(() => {})
  await settled()
  expect(begun).toHaveLength(350)
})

test('a call that does not end is given up after 30 s, and another one has its place', async () => {
  const clock = new VirtualClock()
  const calls = new LogCalls(clock)
  const errors: unknown[] = []
  for (let i = 0; i < 100; i++) {
    void calls.call(() => new Promise(() => {})).catch((error: unknown) => errors.push(error))
  }
  const next = calls.call(() => 'next')
  await clock.advanceAsync(29_999)
  expect(errors).toEqual([])
  await clock.advanceAsync(1)
  expect(errors).toHaveLength(100)
  expect(errors[0]).toEqual(new Error('it has not answered for 30 s'))
  expect(await next).toBe('next')
  expect(clock.pending).toBe(0)
})

test('what a call throws at once is what it rejects with', async () => {
  const clock = new VirtualClock()
  const thrown = new Error('no')
  const call = new LogCalls(clock).call(() => {
    throw thrown
  })
  await expect(call).rejects.toBe(thrown)
  expect(clock.pending).toBe(0)
})
