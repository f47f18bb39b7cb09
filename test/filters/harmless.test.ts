import { expect, test, vi } from 'vitest'
import { harmless } from '../../src/filters/harmless.ts'

test('what a callback throws or rejects with is logged on one line, whatever it is', async () => {
  const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
  const stack = {
    get(): never {
      throw new Error('no stack')
    },
  }
  const unreadable = Object.defineProperty(new Error('full'), 'stack', stack)
  harmless('the sink', () => Promise.reject(unreadable))()
  await Promise.resolve()
  harmless('the sink', () => {
    throw 'peer said\n#1 sent 5 B'
  })()
  expect(logged.mock.calls).toEqual([
    ['antiphon: the sink failed', 'Error: full'],
    ['antiphon: the sink failed', 'peer said\\u000a#1 sent 5 B'],
  ])
  logged.mockRestore()
})
