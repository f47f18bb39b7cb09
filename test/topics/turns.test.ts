import { expect, test, vi } from 'vitest'
import { Turns } from '../../src/topics/turns.ts'

const never = (error: Error): never => {
  throw error
}

test('what comes meanwhile is done afterwards, in order, and nothing is left after an error', () => {
  const turns = new Turns(never)
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

test('what is done at once has the rest wait, within a turn or not', () => {
  const turns = new Turns(never)
  const log: string[] = []
  const act = (name: string) => (): void => {
    turns.take(() => log.push(`after ${name}`))
    log.push(name)
  }
  turns.hold(act('alone'))
  turns.take(() => {
    turns.take(() => log.push('second'))
    turns.hold(act('within'))
    log.push('first')
  })
  expect(log).toEqual(['alone', 'after alone', 'within', 'first', 'second', 'after within'])
})

test('what never ends is given up, and said so', () => {
  const endless = vi.fn<(error: Error) => void>()
  const turns = new Turns(endless)
  const act = (): void => {
    for (let i = 0; i < 2; i++) turns.take(act)
  }
  turns.take(act)
  expect(endless).toHaveBeenCalledOnce()
  expect(endless.mock.calls[0]?.[0].message).toBe(
    'publishing has no end: what sends a message, such as a filter, publishes another one',
  )
  expect(turns.take(() => 'free again')).toBe('free again')
})
