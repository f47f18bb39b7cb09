import { expect, test } from 'vitest'
import { inputOf } from '../../../src/cli/terminal/input.ts'
import { deferred } from '../../../src/client/deferred.ts'

async function* lines(...given: readonly string[]): AsyncGenerator<string> {
  yield* given
}

test('a line is the next one until it is taken', async () => {
  const input = inputOf(lines('a', '', 'b'))
  expect([await input.next(), await input.next()]).toEqual(['a', 'a'])
  input.taken()
  expect(await input.next()).toBe('')
  input.taken()
  expect(await input.next()).toBe('b')
  input.taken()
  expect([await input.next(), await input.next()]).toEqual([undefined, undefined])
})

test('nothing is read before it is asked for', async () => {
  let read = 0
  const counted = async function* (): AsyncGenerator<string> {
    for (;;) yield String(++read)
  }
  const input = inputOf(counted())
  expect(read).toBe(0)
  await input.next()
  await input.next()
  expect(read).toBe(1)
})

test('only who asked last gets the line', async () => {
  const typed = deferred<string>()
  const input = inputOf(
    (async function* (): AsyncGenerator<string> {
      yield await typed.promise
    })(),
  )
  const got: string[] = []
  void input.next().then((line) => got.push(`first ${line}`))
  const second = input.next().then((line) => got.push(`second ${line}`))
  typed.resolve('a')
  await second
  expect(got).toEqual(['second a'])
  expect(await input.next()).toBe('a')
})

test('what reading throws is thrown to who waits for the line, and to who asks later', async () => {
  const input = inputOf(
    (async function* (): AsyncGenerator<string> {
      yield* []
      throw new TypeError('not UTF-8')
    })(),
  )
  await expect(input.next()).rejects.toThrow('not UTF-8')
  await expect(input.next()).rejects.toThrow('not UTF-8')
})
