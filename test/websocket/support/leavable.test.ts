import { expect, test } from 'vitest'
import { leavable } from '../../../src/websocket/support/leavable.ts'

test('a loop can be made where the prototype of generators is frozen', async () => {
  const inherited = Object.getPrototypeOf(Object.getPrototypeOf(leavable(() => [], noMore, wake)))
  const { value } = Object.getOwnPropertyDescriptor(inherited, 'return')!
  Object.defineProperty(inherited, 'return', { value, writable: false })
  let woken = 0
  try {
    const loop = leavable(
      () => ['a'],
      noMore,
      () => woken++,
    )
    for await (const item of loop) {
      expect(item).toBe('a')
      break
    }
  } finally {
    Object.defineProperty(inherited, 'return', { value, writable: true })
  }
  expect(woken).toBe(1)
})

function noMore(): undefined {}
function wake(): void {}
