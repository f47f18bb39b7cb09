import { describe, expect, test } from 'vitest'
import type { WorkersWebSocket } from '../../src/cloudflare/workers-runtime.ts'
import { ended } from '../../src/cloudflare/workers-transport.ts'
import { FakeTransport, messageRig } from '../support/message-rig.ts'

/** What the runtime is told of an end, and what its socket is asked to answer. */
function endedWith(
  readyState: number,
  ...end: [code: number, reason: string, clean: boolean]
): string[] {
  const { core, heard, socket } = messageRig(new FakeTransport())
  const close = (...answer: unknown[]): unknown => heard.push(`answered ${answer.join(' ')}`.trim())
  // Of the runtime's socket, an end needs these two alone.
  ended(core, { readyState, close } as Partial<WorkersWebSocket> as WorkersWebSocket, ...end)
  const { remote, initiator, cause } = socket.link.closeRecord ?? {}
  return [...heard, `${remote?.code} ${initiator} ${cause?.name}`]
}

describe('an end on Workers', () => {
  test.each([
    [1000, 'bye', ['closed 1000 bye', '1000 remote undefined']],
    [1005, '', ['closed 1005', '1005 remote undefined']],
    [1005, 'really', ['closed 1005', '1005 remote undefined']],
    [
      1006,
      'really',
      ['closed 1002 close code 1006 is not allowed', 'undefined local WebSocketProtocolException'],
    ],
    [
      2999,
      '',
      ['closed 1002 close code 2999 is not allowed', 'undefined local WebSocketProtocolException'],
    ],
  ])('by a Close with %d, which the runtime has answered', (code, reason, told) => {
    expect(endedWith(3, code, reason, true)).toEqual(told)
  })

  test.each([
    [1000, 'bye', 'answered 1000 bye'],
    [1005, '', 'answered'],
    [2999, '', 'answered 1002 close code 2999 is not allowed'],
  ])('by a Close with %d is answered where the runtime does not', (code, reason, answer) => {
    expect(endedWith(2, code, reason, true)).toContain(answer)
  })

  test.each([3, 2])('by a Close that is too long is cut to what can be sent: state %d', (state) => {
    const cut = '\u{FFFD}'.repeat(41)
    const answers = state === 2 ? [`answered 1000 ${cut}`] : []
    const told = [...answers, `closed 1000 ${cut}`, '1000 remote undefined']
    expect(endedWith(state, 1000, '\u{FFFD}'.repeat(123), true)).toEqual(told)
  })

  test('without a Close is a lost connection', () => {
    expect(endedWith(3, 1006, 'gone', false)).toEqual([
      'closed 1006 Connection lost',
      'undefined transport ConnectionLostException',
    ])
  })
})
