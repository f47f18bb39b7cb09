import { describe, expect, test } from 'vitest'
import { isClean, reportOf } from '../../../src/cli/load/report.ts'
import type { LoadResult } from '../../../src/cli/load/run-load.ts'
import { WebSocketConnectException } from '../../../src/websocket/errors.ts'
import { WsStatus } from '../../../src/websocket/ws-status.ts'
import { loadOn } from '../../support/load-rig.ts'

function resultOf(part: Partial<LoadResult> = {}): LoadResult {
  const { plan, tally } = loadOn('ws://a/')
  const span = { time: 2_000, sent: 6, received: 4, cpu: 0.5 }
  return { plan, tally, openingTime: 500, span, interrupted: false, ...part }
}

function failing(code: string): WebSocketConnectException {
  return new WebSocketConnectException('tcp', code, {
    cause: Object.assign(new Error(code), { code }),
  })
}

describe('reportOf', () => {
  test('gives rates over the time of sending, and what was not answered', () => {
    const result = resultOf()
    Object.assign(result.tally, { opened: 2, sent: 6, answered: 4, received: 4 })
    result.tally.answers.add(1)
    const { connections, messages, notes } = reportOf(result)
    expect(connections).toMatchObject({ asked: 2, opened: 2, rate: 4, latency: null })
    expect(messages).toMatchObject({ sentRate: 3, receivedRate: 2, unanswered: 2 })
    expect(messages.latency).toMatchObject({ count: 1 })
    expect(notes).toEqual([])
  })

  test('tells how late messages were only if they were due at fixed times', () => {
    const closed = resultOf()
    closed.tally.lateness.add(1)
    expect(reportOf(closed).messages.lateness).toBeNull()
    const { plan } = loadOn('ws://a/', { pacing: { loop: 'open', perSecond: 1 } })
    expect(reportOf({ ...closed, plan }).messages.lateness).toMatchObject({ count: 1 })
  })

  test('counts answers to messages that it did not remember as such', () => {
    const result = resultOf()
    Object.assign(result.tally, { sent: 10, answered: 4, untracked: 6, unasked: 5, received: 9 })
    expect(reportOf(result).messages).toMatchObject({ unanswered: 1, unasked: 0, latency: null })
    Object.assign(result.tally, { unasked: 8 })
    expect(reportOf(result).messages).toMatchObject({ unanswered: 0, unasked: 2 })
  })

  test('does not show the password of its URL', () => {
    const { plan } = loadOn('ws://ann:secret@a/')
    expect(reportOf(resultOf({ plan })).url).toBe('ws://a/')
  })

  test.each([['unasked'], ['untracked']] as const)('gives no times with %s messages', (what) => {
    const result = resultOf()
    result.tally.answers.add(1)
    result.tally[what] = 1
    const { messages, notes } = reportOf(result)
    expect(messages.latency).toBeNull()
    expect(notes).toEqual([expect.stringMatching(/^no times of answers: /)])
  })

  test('says when it was busy itself', () => {
    const span = { time: 1, sent: 1, received: 1, cpu: 0.97 }
    expect(reportOf(resultOf({ span })).notes).toEqual([
      expect.stringMatching(/took 97 % of a core/),
    ])
  })

  test.each([
    ['EMFILE', /`ulimit -n`/],
    ['EADDRNOTAVAIL', /ip_local_port_range/],
  ])('says what to raise after %s', (code, hint) => {
    const result = resultOf()
    result.tally.failed(failing(code))
    expect(reportOf(result).notes).toEqual([expect.stringMatching(hint)])
  })

  test('has rates of 0 where no time passed', () => {
    const { connections, messages } = reportOf(resultOf({ span: undefined, openingTime: 0 }))
    expect([connections.rate, messages.sentRate]).toEqual([0, 0])
  })
})

describe('isClean', () => {
  test('is so for connections that opened and stayed open', () => {
    const clean = resultOf()
    clean.tally.opened = 2
    clean.tally.ended(WsStatus.NORMAL, undefined, false)
    expect(isClean(reportOf(clean))).toBe(true)
    const early = resultOf()
    early.tally.opened = 2
    early.tally.ended(WsStatus.NORMAL, undefined, true)
    expect(isClean(reportOf(early))).toBe(false)
    const failed = resultOf()
    failed.tally.opened = 1
    expect(isClean(reportOf(failed))).toBe(false)
  })
})
