import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Window } from '../../../src/node/zlib/window.ts'

test('a window holds the last bytes of all that went before, and no more', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 })), (chunks) => {
      const window = new Window(3)
      let all = new Uint8Array()
      for (const chunk of chunks) {
        window.slide(chunk)
        all = Uint8Array.of(...all, ...chunk)
        expect(window.bytes).toEqual(all.slice(-8))
      }
    }),
  )
})

test('a window keeps its own copy, and nothing behind it', () => {
  const window = new Window(3)
  for (const length of [4, 2, 10]) {
    const data = new Uint8Array(length).fill(1)
    window.slide(data)
    data.fill(2)
    expect(window.bytes).not.toContain(2)
    expect(window.bytes.buffer.byteLength).toBe(window.bytes.length)
  }
})

test('a window that is cleared is empty', () => {
  const window = new Window(3)
  window.slide(Uint8Array.of(1))
  window.clear()
  expect(window.bytes).toEqual(new Uint8Array())
  window.slide(Uint8Array.of(2))
  expect(window.bytes).toEqual(Uint8Array.of(2))
})
