import { afterEach, describe, expect, test, vi } from 'vitest'
import { VirtualClock } from '../../../src/testing/clock/virtual-clock.ts'

describe('a virtual clock', () => {
  test('passes when it is told to, and fires what falls due on the way, in order', () => {
    const clock = new VirtualClock()
    const log: string[] = []
    const say = (text: string) => () => void log.push(`${clock.now()} ${text}`)
    clock.after(20, say('b'))
    clock.after(10, say('a'))
    clock.after(20, say('c'))
    clock.after(10, () => clock.after(10, say('d')))
    clock.after(-5, say('now'))
    clock.after(31, say('later'))
    clock.advance(30)
    expect(log).toEqual(['0 now', '10 a', '20 b', '20 c', '20 d'])
    expect(clock.now()).toBe(30)
    expect(clock.pending).toBe(1)
  })

  test('forgets what is cancelled, also by another timer', () => {
    const clock = new VirtualClock()
    const cancel = clock.after(10, () => expect.unreachable())
    clock.after(5, cancel)
    clock.advance(20)
    cancel()
    expect(clock.pending).toBe(0)
  })

  test('does not go back', () => {
    const clock = new VirtualClock()
    clock.after(10, () => clock.advance(100))
    clock.advance(20)
    expect(clock.now()).toBe(110)
    expect(() => new VirtualClock().advance(-1)).toThrow(RangeError)
    expect(() => new VirtualClock().advance(Number.NaN)).toThrow('cannot pass by NaN ms')
  })
})

describe('a virtual clock that lets promises run', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  /** Resolves to the time when it is over. */
  async function sleep(clock: VirtualClock, ms: number): Promise<number> {
    await new Promise<void>((resolve) => clock.after(ms, resolve))
    // Some more, for code that awaits often.
    for (let i = 0; i < 1_000; i++) await Promise.resolve()
    return clock.now()
  }

  test('takes a loop over timers from one to the next, in time', async () => {
    const clock = new VirtualClock()
    const log: number[] = []
    const loop = async (): Promise<void> => {
      for (;;) log.push(await sleep(clock, 10))
    }
    void loop()
    await clock.advanceAsync(35)
    expect(log).toEqual([10, 20, 30])
    expect([clock.now(), clock.pending]).toEqual([35, 1])
    await clock.advanceAsync(5)
    expect(log).toEqual([10, 20, 30, 40])
  })

  test('fires what is set before time passes, and lets the last promises run', async () => {
    const clock = new VirtualClock()
    const late = Promise.resolve().then(() => sleep(clock, 10))
    let woken = 0
    void late.then((time) => {
      woken = time
    })
    await clock.advanceAsync(10)
    expect(woken).toBe(10)
  })

  test('needs no timers of the platform, which a test may have replaced', async () => {
    vi.useFakeTimers()
    const clock = new VirtualClock()
    await clock.advanceAsync(10)
    expect(clock.now()).toBe(10)
  })

  test('does not go back', async () => {
    const clock = new VirtualClock()
    clock.after(10, () => clock.advance(100))
    await clock.advanceAsync(20)
    expect(clock.now()).toBe(110)
    await expect(clock.advanceAsync(-1)).rejects.toThrow(RangeError)
  })

  test('rejects with what a timer throws, as it was', async () => {
    const clock = new VirtualClock()
    const error = new Error('oops')
    clock.after(10, () => {
      throw error
    })
    await expect(clock.advanceAsync(20)).rejects.toBe(error)
    expect(clock.now()).toBe(10)
  })
})

test('time does not pass by a string, which would be appended to it', () => {
  const clock = new VirtualClock()
  const advance = (): unknown => Reflect.apply(clock.advance, clock, ['5'])
  expect(advance).toThrow(new RangeError('time cannot pass by 5 ms: give a number from 0 up'))
  expect(clock.now()).toBe(0)
})
