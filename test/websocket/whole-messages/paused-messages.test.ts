import { describe, expect, test } from 'vitest'
import {
  type Pausable,
  PausedMessages,
} from '../../../src/websocket/whole-messages/paused-messages.ts'

function paused(): {
  readonly kept: PausedMessages
  readonly log: string[]
  keep(what: string, also?: () => void): void
} {
  const log: string[] = []
  const transport: Pausable = {
    pause: () => log.push('pause'),
    resume: () => log.push('resume'),
  }
  const kept = new PausedMessages(transport)
  return {
    kept,
    log,
    keep: (what, also) =>
      kept.keep(() => {
        log.push(what)
        also?.()
      }),
  }
}

describe('a pause of messages', () => {
  test('by two lets go when both have, and delivers what waits before reading goes on', () => {
    const { kept, log, keep } = paused()
    kept.hold(1, true)
    kept.hold(2, true)
    keep('a')
    keep('b')
    kept.hold(1, false)
    expect([kept.held, kept.waits, log]).toEqual([true, true, ['pause']])
    kept.hold(2, false)
    expect([kept.held, kept.waits, log]).toEqual([false, false, ['pause', 'a', 'b', 'resume']])
  })

  test('that a delivery sets again keeps the rest', () => {
    const { kept, log, keep } = paused()
    kept.hold(1, true)
    keep('a', () => kept.hold(1, true))
    keep('b')
    kept.hold(1, false)
    expect([kept.waits, log]).toEqual([true, ['pause', 'a', 'pause']])
    kept.hold(1, false)
    expect([kept.waits, log]).toEqual([false, ['pause', 'a', 'pause', 'b', 'resume']])
  })

  test('that a delivery sets and lifts at once delivers nothing twice', () => {
    const { kept, log, keep } = paused()
    kept.hold(1, true)
    keep('a', () => {
      kept.hold(1, true)
      kept.hold(1, false)
    })
    keep('b')
    kept.hold(1, false)
    expect(log).toEqual(['pause', 'a', 'pause', 'b', 'resume'])
  })

  test('that ends within a delivery drops the rest, and lets the runtime read on', () => {
    const { kept, log, keep } = paused()
    kept.hold(1, true)
    keep('a', () => kept.end())
    keep('b')
    kept.hold(1, false)
    expect([kept.waits, log]).toEqual([false, ['pause', 'a', 'resume']])
  })

  test('that ends within a delivery, and begins again, has dropped the rest', () => {
    const { kept, keep } = paused()
    kept.hold(1, true)
    keep('a', () => {
      kept.end()
      kept.hold(1, true)
    })
    keep('b')
    kept.hold(1, false)
    expect([kept.held, kept.waits]).toEqual([true, false])
  })

  test('at the end drops what waits, and lets the runtime read on, once', () => {
    const { kept, log, keep } = paused()
    kept.hold(1, true)
    keep('a')
    kept.end()
    kept.end()
    expect([kept.held, kept.waits, log]).toEqual([false, false, ['pause', 'resume']])
  })
})
