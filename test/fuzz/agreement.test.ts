import { describe, expect, it } from 'vitest'
import { agree } from '../../fuzz/support/agreement.ts'
import { WatchedConnection } from '../../fuzz/support/watched-connection.ts'
import { endsBetweenFrames } from '../../fuzz/support/wire-frames.ts'
import { type Reading, readWithWs } from '../../fuzz/support/ws-receiver.ts'
import { bytes } from '../support/hex.ts'

const NOTHING: Reading = { events: [], failure: undefined, close: undefined }

/** What both make of bytes from a server. */
function compare(digits: string, theirs?: Partial<Reading>): void {
  const ours = new WatchedConnection({ role: 'client' }).feed([bytes(digits)])
  const reading = readWithWs(bytes(digits), { isServer: false, maxPayload: 1024 * 1024 })
  agree(ours, theirs === undefined ? reading : { ...NOTHING, ...theirs }, bytes(digits))
}

describe('the oracle', () => {
  it('reads what ws reads', () => {
    const options = { isServer: false, maxPayload: 10 }
    expect(readWithWs(bytes('81 01 61  89 00  88 02 03e8'), options)).toEqual({
      events: ['text 61', 'control 9 '],
      failure: undefined,
      close: 1000,
    })
    expect(readWithWs(bytes('83 00'), options).failure).toBe(1002)
    expect(readWithWs(bytes('82 0b'), options).failure).toBe(1009)
  })

  it.each([
    ['messages and control frames', '81 01 61  01 01 62  8a 00  80 00  88 00'],
    ['the same failure', '81 01 61  c1 00'],
    ['text that is noticed sooner', '01 01 ff  82 01 00'],
    ['a length that is written too long', '82 7e 0001 61  82 00'],
    ['a length with the top bit', '82 7f 8000000000000000'],
    ['a Close of one octet that is not there yet', '88 01'],
  ])('agrees about %s', (_, digits) => {
    compare(digits)
  })

  it.each([
    ['another event', '81 01 61', { events: ['text 62'] }],
    ['an event too many', '82 00', {}],
    ['another code', 'c1 00', { failure: 1007 }],
    ['no failure', 'c1 00', {}],
    ['a failure', '02 00', { failure: 1002 }],
    ['another Close', '88 02 03e8', { close: 1001 }],
  ])('does not agree about %s', (_, digits, theirs) => {
    expect(() => compare(digits, theirs)).toThrow('broken promise')
  })

  it.each([
    ['', true],
    ['81 00', true],
    ['81', false],
    ['81 7e 00', false],
    ['81 7f 00000000000000', false],
    ['81 7e 0001 61 82 80 01020304', true],
    ['82 80 010203', false],
  ])('knows where frames end: %s', (digits, whole) => {
    expect(endsBetweenFrames(bytes(digits))).toBe(whole)
  })
})
