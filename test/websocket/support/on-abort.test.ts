import { getEventListeners } from 'node:events'
import { expect, test, vi } from 'vitest'
import { onAbort } from '../../../src/websocket/support/on-abort.ts'

const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length

test('all that wait for a signal are one listener, and none when nobody waits', () => {
  const controller = new AbortController()
  const { signal } = controller
  const fn = vi.fn()
  const removals = Array.from({ length: 20 }, () => onAbort(signal, fn))
  expect(listeners(signal)).toBe(1)
  for (const remove of removals.slice(1)) remove()
  for (const remove of removals.slice(1)) remove()
  expect(listeners(signal)).toBe(1)
  removals[0]?.()
  expect(listeners(signal)).toBe(0)
  const again = onAbort(signal, fn)
  // Of what is over already.
  removals[0]?.()
  expect(listeners(signal)).toBe(1)
  controller.abort()
  expect(fn).toHaveBeenCalledOnce()
  again()
  expect(listeners(signal)).toBe(0)
})

test('each hears of its own signal, once, though others are removed meanwhile', () => {
  const one = new AbortController()
  const other = new AbortController()
  const heard: string[] = []
  const first = onAbort(one.signal, () => {
    heard.push('first')
    first()
    second()
  })
  const second = onAbort(one.signal, () => heard.push('second'))
  onAbort(one.signal, () => heard.push('third'))
  onAbort(other.signal, () => heard.push('other'))
  one.abort()
  one.abort()
  expect(heard).toEqual(['first', 'third'])
  other.abort()
  expect(heard).toEqual(['first', 'third', 'other'])
})
