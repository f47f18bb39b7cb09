import { describe, expect, it } from 'vitest'
import {
  eachListener,
  withListener,
  withoutListener,
} from '../../../src/websocket/socket/listeners.ts'

const [a, b, c] = [() => 'a', () => 'b', () => 'c']

describe('listeners', () => {
  it('are kept in the order they were added, the same one as often as it was', () => {
    expect(eachListener(undefined)).toEqual([])
    expect(eachListener(withListener(undefined, a))).toEqual([a])
    expect(eachListener(withListener(withListener(undefined, a), b))).toEqual([a, b])
    expect(withListener([a, b], a)).toEqual([a, b, a])
  })

  it('must be functions, also for callers without types', () => {
    for (const [wrong, what] of [
      [undefined, 'undefined'],
      [null, 'null'],
      ['message', 'string'],
    ]) {
      expect(() => Reflect.apply(withListener, undefined, [a, wrong])).toThrow(
        new TypeError(`a listener has to be a function, not ${what}`),
      )
    }
  })

  it('are removed one registration at a time', () => {
    expect(withoutListener(undefined, a)).toBeUndefined()
    expect(withoutListener(a, a)).toBeUndefined()
    expect(withoutListener(a, b)).toBe(a)
    expect(withoutListener([a, b], a)).toBe(b)
    expect(withoutListener([a, b, a], a)).toEqual([b, a])
    expect(withoutListener([a, b], c)).toEqual([a, b])
  })

  it('leave the list that somebody iterates as it is', () => {
    const listeners = [a, b] as const
    withListener(listeners, c)
    withoutListener(listeners, a)
    expect(listeners).toEqual([a, b])
  })
})
