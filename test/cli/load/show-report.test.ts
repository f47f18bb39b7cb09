import { describe, expect, test } from 'vitest'
import { reportOf } from '../../../src/cli/load/report.ts'
import { count, shownTime, showReport } from '../../../src/cli/load/show-report.ts'
import { WebSocketConnectException } from '../../../src/websocket/errors.ts'
import { WsStatus } from '../../../src/websocket/ws-status.ts'
import { loadOn } from '../../support/load-rig.ts'

describe('showReport', () => {
  test('has a row for each fact', () => {
    const { plan, tally } = loadOn('ws://a/', { pacing: { loop: 'open', perSecond: 1 } })
    Object.assign(tally, { opened: 2, sent: 6_000, answered: 5_998, received: 5_998, unsent: 1 })
    Object.assign(tally, { bytesSent: 12_345_678, bytesReceived: 999 })
    tally.openings.add(1)
    tally.answers.add(123.4)
    tally.lateness.add(12.34)
    tally.failed(new WebSocketConnectException('timeout', 'no\nanswer'))
    tally.failed(new WebSocketConnectException('dns', 'none'))
    tally.ended(WsStatus.NORMAL, undefined, false)
    const span = { time: 2_000, sent: 6_000, received: 5_998, cpu: 0.5 }
    const report = reportOf({ plan, tally, openingTime: 500, span, interrupted: false })
    expect(showReport({ ...report, notes: ['do more'] })).toBe(
      [
        'opened      2 of 2 in 0.50 s (4/s)',
        '            p50 1.00 ms, p90 1.00 ms, p99 1.00 ms, max 1.00 ms',
        'failed      1 with timeout: no\\nanswer',
        '            1 with dns: none',
        'sending     2.00 s, with 50 % of a core',
        'sent        6,000 messages (3,000/s), 12.3 MB',
        'received    5,998 messages (2,999/s), 999 bytes',
        'answered    p50 123 ms, p90 123 ms, p99 123 ms, max 123 ms',
        'late        p50 12.3 ms, p90 12.3 ms, p99 12.3 ms, max 12.3 ms',
        'unanswered  2 messages',
        'unsent      1 message',
        `closed      1 with 1000`,
        'note        do more',
        '',
      ].join('\n'),
    )
  })

  test('says nothing about messages when nothing was open', () => {
    const { plan, tally } = loadOn('ws://a/')
    const report = reportOf({
      plan,
      tally,
      openingTime: 20_000,
      span: undefined,
      interrupted: true,
    })
    expect(showReport(report)).toBe('opened      0 of 2 in 20.0 s (0/s)\n')
  })
})

test.each([
  [0.0456, '0.05 ms'],
  [9.994, '9.99 ms'],
  [99.94, '99.9 ms'],
  [1_234.5, '1235 ms'],
  [12_345, '12.3 s'],
])('%d ms is shown as %s', (ms, shown) => {
  expect(shownTime(ms)).toBe(shown)
})

test('numbers have commas between thousands', () => {
  expect(count(1_234_567.8)).toBe('1,234,568')
})
