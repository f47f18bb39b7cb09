import { expect, test } from 'vitest'
import { StreamInput } from '../../../src/session/low-level/stream-input.ts'

function rig() {
  let reads = 0
  const reader = {
    read() {
      reads++
      return new Promise<never>(() => {})
    },
    cancel: () => Promise.resolve(),
    releaseLock() {},
  }
  const input = new StreamInput({ getReader: () => reader }, { chunk() {}, ended() {} })
  return { input, reads: () => reads }
}

test('a stream has one read at a time, however often it is paused', () => {
  const { input, reads } = rig()
  expect(reads()).toBe(0)
  input.resume()
  input.pause()
  input.resume()
  expect(reads()).toBe(1)
})

test.each(['release', 'cancel'] as const)('a stream is not read after %s', (act) => {
  const { input, reads } = rig()
  input[act]()
  input.resume()
  expect(reads()).toBe(0)
})
