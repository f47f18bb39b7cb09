import { describe, expect, test } from 'vitest'
import { Tally } from '../../../src/cli/load/tally.ts'
import {
  WebSocketConnectException,
  WebSocketUpgradeException,
} from '../../../src/websocket/errors.ts'
import { WsStatus } from '../../../src/websocket/ws-status.ts'

function refusal(status: number, message: string): WebSocketUpgradeException {
  return new WebSocketUpgradeException(message, { status, headers: new Headers(), body: '' })
}

describe('Tally', () => {
  test('counts refusals by status, with what the first one said, the most frequent first', () => {
    const tally = new Tally()
    for (const error of [refusal(503, 'a'), refusal(401, 'b'), refusal(401, 'c')])
      tally.failed(error)
    expect(tally.refusals).toEqual([
      { kind: '401', count: 2, example: 'b' },
      { kind: '503', count: 1, example: 'a' },
    ])
    expect(tally.failures).toEqual([])
  })

  test('counts failures by stage, and by the code of the system', () => {
    const tally = new Tally()
    const cause = Object.assign(new Error('x'), { code: 'ECONNREFUSED' })
    tally.failed(new WebSocketConnectException('tcp', 'a', { cause }))
    tally.failed(new WebSocketConnectException('timeout', 'b'))
    tally.failed(
      new WebSocketUpgradeException(
        'c',
        { status: 101, headers: new Headers(), body: '' },
        'handshake',
      ),
    )
    expect(tally.failures).toEqual([
      { kind: 'tcp ECONNREFUSED', count: 1, example: 'a' },
      { kind: 'timeout', count: 1, example: 'b' },
      { kind: 'handshake', count: 1, example: 'c' },
    ])
  })

  test('tells ends that came early from those at the end', () => {
    const tally = new Tally()
    tally.ended(WsStatus.GOING_AWAY, undefined, true)
    tally.ended(
      WsStatus.ABNORMAL_CLOSE,
      { initiator: 'transport', cause: new Error('reset') } as never,
      true,
    )
    tally.ended(WsStatus.NORMAL, undefined, false)
    tally.ended(
      WsStatus.NORMAL,
      { initiator: 'local', clean: false, cause: new Error('no Close came') } as never,
      false,
    )
    expect(tally.lost.map(({ kind, example }) => [kind, example])).toEqual([
      ['1001', WsStatus.GOING_AWAY.message],
      ['lost', 'reset'],
    ])
    expect(tally.ends).toEqual([
      { kind: '1000', count: 1, example: WsStatus.NORMAL.message },
      { kind: 'no answer', count: 1, example: 'no Close came' },
    ])
  })
})
