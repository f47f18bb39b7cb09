import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DelayLine } from '../../src/filters/delay-line.ts'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'

function line(): {
  clock: VirtualClock
  line: DelayLine
  log: string[]
  say(text: string): () => void
} {
  const clock = new VirtualClock()
  const log: string[] = []
  const say = (text: string) => () => void log.push(`${clock.now()} ${text}`)
  return { clock, line: new DelayLine(clock), log, say }
}

describe('a delay line', () => {
  test('acts at once when there is nothing to wait for, and hands back what that answers', () => {
    const { line: it, clock } = line()
    expect(it.put(0, () => 7)).toBe(7)
    expect(clock.pending).toBe(0)
  })

  test('keeps the order, whatever the delays, with one timer', () => {
    const { line: it, clock, log, say } = line()
    it.put(10, say('a'))
    it.put(0, say('b'))
    it.put(30, say('c'))
    it.put(5, say('d'))
    expect(clock.pending).toBe(1)
    clock.advance(9)
    expect(log).toEqual([])
    clock.advance(100)
    expect(log).toEqual(['10 a', '10 b', '30 c', '30 d'])
    expect(clock.pending).toBe(0)
  })

  test('keeps the order of what is put while it acts', () => {
    const { line: it, clock, log, say } = line()
    it.put(10, () => {
      say('a')()
      it.put(50, say('d'))
    })
    it.put(20, say('b'))
    it.put(20, () => {
      say('c')()
      it.put(5, say('e'))
    })
    clock.advance(100)
    expect(log).toEqual(['10 a', '20 b', '20 c', '60 d', '60 e'])
    it.put(10, () => it.put(10, say('last')))
    clock.advance(20)
    expect(log.at(-1)).toBe('120 last')
  })

  test('acts at once after it was flushed: what it is for has ended', () => {
    const { line: it, clock, log, say } = line()
    it.put(10, () => {
      say('a')()
      it.put(5, say('c'))
    })
    it.put(20, say('b'))
    it.flush()
    expect(it.put(10, () => 7)).toBe(7)
    expect([log, clock.pending]).toEqual([['0 a', '0 b', '0 c'], 0])
  })

  test('settles with what is done later', async () => {
    const { line: it, clock } = line()
    const failure = new Error('late')
    const results = Promise.allSettled([
      it.put(1, () => 7),
      it.put(1, async () => 8),
      it.put(1, () => {
        throw failure
      }),
      it.put(1, async () => {
        throw failure
      }),
    ])
    clock.advance(1)
    expect(await results).toEqual([
      { status: 'fulfilled', value: 7 },
      { status: 'fulfilled', value: 8 },
      { status: 'rejected', reason: failure },
      { status: 'rejected', reason: failure },
    ])
  })

  test('can be flushed and cleared, and then holds no timer', () => {
    const { line: it, clock, log, say } = line()
    it.put(10, () => it.put(10, say('b')))
    it.put(20, say('a'))
    it.flush()
    expect(log).toEqual(['0 a', '0 b'])
    expect(clock.pending).toBe(0)
    const cleared = new DelayLine(clock)
    cleared.put(10, say('c'))
    cleared.clear()
    expect(clock.pending).toBe(0)
    cleared.put(10, say('d'))
    clock.advance(10)
    expect(log).toEqual(['0 a', '0 b', '10 d'])
  })

  test('may be cleared by what it does', () => {
    const { line: it, clock, log, say } = line()
    it.put(10, () => it.clear())
    it.put(10, say('never'))
    clock.advance(20)
    expect(log).toEqual([])
    expect(clock.pending).toBe(0)
  })

  test('acts early for nothing that is put after an action that took long', () => {
    const { clock, log, say } = line()
    let behind = 0
    // The platform's timers fire only when what runs has ended, however late it is.
    const it = new DelayLine({
      now: () => clock.now() + behind,
      after: (delay, fn) => clock.after(delay, fn),
    })
    it.put(10, () => {
      it.put(5, say('b'))
      behind += 20
    })
    clock.advance(10)
    it.put(100, say('c'))
    clock.advance(99)
    expect(log).toEqual(['10 b'])
    clock.advance(1)
    expect(log).toEqual(['10 b', '110 c'])
  })

  test('acts when the timer comes, even if the clock is a little behind', () => {
    const log: string[] = []
    let fire = (): void => {}
    const early = new DelayLine({
      now: () => 9.6,
      after: (_, fn) => {
        fire = fn
        return () => {}
      },
    })
    early.put(10, () => log.push('a'))
    fire()
    expect(log).toEqual(['a'])
  })

  test('never changes the order, and acts neither early nor twice', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 }))),
        (steps) => {
          const { line: it, clock } = line()
          const done: { readonly index: number; readonly at: number }[] = []
          const due: number[] = []
          steps.forEach(([delay, pause], index) => {
            due.push(clock.now() + delay)
            it.put(delay, () => done.push({ index, at: clock.now() }))
            clock.advance(pause)
          })
          clock.advance(20)
          expect(done.map(({ index }) => index)).toEqual(steps.map((_, index) => index))
          for (const { index, at } of done) {
            expect(at).toBe(Math.max(...due.slice(0, index + 1)))
          }
          expect(clock.pending).toBe(0)
        },
      ),
    )
  })
})
