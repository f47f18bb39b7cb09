import { describe, expect, test } from 'vitest'
import { actOf } from '../../../src/cli/connect/slash.ts'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

describe('a line that may be a command', () => {
  test.each([
    ['hello', { kind: 'send', text: 'hello' }],
    ['', { kind: 'send', text: '' }],
    ['a /ping', { kind: 'send', text: 'a /ping' }],
    ['//ping', { kind: 'send', text: '/ping' }],
    ['/ping', { kind: 'ping', data: bytes('') }],
    ['/ping a b', { kind: 'ping', data: bytes('a b') }],
    ['/close', { kind: 'close', reason: undefined }],
    ['/close 4001', { kind: 'close', reason: new CloseReason(4001, '') }],
    ['/close 1000 good bye', { kind: 'close', reason: new CloseReason(1000, 'good bye') }],
  ])('%j', (line, act) => {
    expect(actOf(line)).toEqual(act)
  })

  test.each([
    ['/pong', /^there is no command '\/pong': there are \/ping and \/close/],
    ['/', /^there is no command '\/'/],
    [`/ping ${'ä'.repeat(63)}`, /^a Ping takes at most 125 bytes, and not 126$/],
    ['/close 1006', /1006.*: write it like \/close 4000 bye$/],
    ['/close 99', /^close code 99 cannot be sent.*: write it like/],
    ['/close bye', /^'bye' is no close code: write it like \/close 4000 bye$/],
    [`/close 4000 ${'a'.repeat(124)}`, /: write it like \/close 4000 bye$/],
  ])('%j is a mistake', (line, message) => {
    expect(actOf(line)).toEqual({ kind: 'mistake', message: expect.stringMatching(message) })
  })
})
