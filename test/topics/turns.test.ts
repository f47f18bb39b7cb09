import { expect, test } from 'vitest'
import { Turns } from '../../src/topics/turns.ts'

test('what comes meanwhile is done afterwards, in order, and nothing is left after an error', () => {
  const turns = new Turns()
  const log: string[] = []
  const done = turns.take(() => {
    expect(turns.take(() => turns.take(() => log.push('third')))).toBeUndefined()
    expect(turns.take(() => log.push('second'))).toBeUndefined()
    log.push('first')
    return 'done'
  })
  expect([done, ...log]).toEqual(['done', 'first', 'second', 'third'])
  const failing = (): never => {
    turns.take(() => log.push('never'))
    throw new Error('no')
  }
  expect(() => turns.take(failing)).toThrow('no')
  expect(turns.take(() => 'free again')).toBe('free again')
  expect(log).toHaveLength(3)
})
