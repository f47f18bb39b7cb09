import { describe, expect, test } from 'vitest'
import { VirtualClock } from '../../src/testing/virtual-clock.ts'

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
