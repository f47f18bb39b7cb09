import { describe, expect, test } from 'vitest'
import { MessageHold, type Pausable } from '../../src/websocket/message-hold.ts'

function holding(): {
  readonly hold: MessageHold
  readonly log: string[]
  keep(what: string, also?: () => void): void
} {
  const log: string[] = []
  const transport: Pausable = {
    pause: () => log.push('pause'),
    resume: () => log.push('resume'),
  }
  const hold = new MessageHold(transport)
  return {
    hold,
    log,
    keep: (what, also) =>
      hold.keep(() => {
        log.push(what)
        also?.()
      }),
  }
}

describe('a hold of messages', () => {
  test('by two lets go when both have, and delivers what waits before reading goes on', () => {
    const { hold, log, keep } = holding()
    hold.hold(1, true)
    hold.hold(2, true)
    keep('a')
    keep('b')
    hold.hold(1, false)
    expect([hold.held, hold.waits, log]).toEqual([true, true, ['pause']])
    hold.hold(2, false)
    expect([hold.held, hold.waits, log]).toEqual([false, false, ['pause', 'a', 'b', 'resume']])
  })

  test('that a delivery sets again keeps the rest', () => {
    const { hold, log, keep } = holding()
    hold.hold(1, true)
    keep('a', () => hold.hold(1, true))
    keep('b')
    hold.hold(1, false)
    expect([hold.waits, log]).toEqual([true, ['pause', 'a', 'pause']])
    hold.hold(1, false)
    expect([hold.waits, log]).toEqual([false, ['pause', 'a', 'pause', 'b', 'resume']])
  })

  test('that a delivery sets and lifts at once delivers nothing twice', () => {
    const { hold, log, keep } = holding()
    hold.hold(1, true)
    keep('a', () => {
      hold.hold(1, true)
      hold.hold(1, false)
    })
    keep('b')
    hold.hold(1, false)
    expect(log).toEqual(['pause', 'a', 'pause', 'b', 'resume'])
  })

  test('that ends within a delivery drops the rest, and lets the runtime read on', () => {
    const { hold, log, keep } = holding()
    hold.hold(1, true)
    keep('a', () => hold.end())
    keep('b')
    hold.hold(1, false)
    expect([hold.waits, log]).toEqual([false, ['pause', 'a', 'resume']])
  })

  test('that ends within a delivery, and holds again, has dropped the rest', () => {
    const { hold, keep } = holding()
    hold.hold(1, true)
    keep('a', () => {
      hold.end()
      hold.hold(1, true)
    })
    keep('b')
    hold.hold(1, false)
    expect([hold.held, hold.waits]).toEqual([true, false])
  })

  test('at the end drops what waits, and lets the runtime read on, once', () => {
    const { hold, log, keep } = holding()
    hold.hold(1, true)
    keep('a')
    hold.end()
    hold.end()
    expect([hold.held, hold.waits, log]).toEqual([false, false, ['pause', 'resume']])
  })
})
