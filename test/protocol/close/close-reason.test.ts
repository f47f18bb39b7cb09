import { describe, expect, it } from 'vitest'
import { encodeCloseReason } from '../../../src/protocol/close/close-payload.ts'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'

describe('CloseReason', () => {
  it('takes a message of 123 bytes', () => {
    expect(encodeCloseReason(new CloseReason(1000, 'x'.repeat(123))).length).toBe(125)
  })

  it.each([
    ['124 ASCII characters', 'x'.repeat(124)],
    ['62 characters of two bytes', 'é'.repeat(62)],
  ])('refuses %s, and says what would be right', (_, message) => {
    expect(() => new CloseReason(1000, message)).toThrow(
      new RangeError('a close reason of 124 bytes: at most 123 fit, see CloseReason.truncated'),
    )
  })

  it('takes any code, so that local ones can be told', () => {
    for (const code of [-1, 0, 999, 1005, 1006, 1015, 65_535]) {
      expect(new CloseReason(code).code).toBe(code)
    }
  })

  it('is compared by code with `is`, by both with `equals`', () => {
    const reason = new CloseReason(1000, 'a')
    expect(reason.is(1000)).toBe(true)
    expect(reason.is(new CloseReason(1000, 'b'))).toBe(true)
    expect(reason.is(1001)).toBe(false)
    expect(reason.equals(new CloseReason(1000, 'a'))).toBe(true)
    expect(reason.equals(new CloseReason(1000, 'b'))).toBe(false)
    expect(reason.equals(new CloseReason(1001, 'a'))).toBe(false)
  })

  it('gives copies with another message', () => {
    const described = CloseReason.GOING_AWAY.description('restart at noon')
    expect(described).toEqual(new CloseReason(1001, 'restart at noon'))
    expect(CloseReason.GOING_AWAY.message).toBe('Going away')
  })

  it('knows the names of codes', () => {
    for (const [name, code] of Object.entries(CloseReason.Codes)) {
      if (name !== 'UNEXPECTED_CONDITION') expect(CloseReason.nameOf(code)).toBe(name)
    }
    expect(CloseReason.Codes.UNEXPECTED_CONDITION).toBe(CloseReason.Codes.INTERNAL_ERROR)
    expect(new CloseReason(1013).knownReason).toBe('TRY_AGAIN_LATER')
    for (const code of [0, 1004, 1005, 1014, 3000, 4000]) {
      expect(new CloseReason(code).knownReason).toBeUndefined()
    }
  })

  it.each([
    [CloseReason.NORMAL, 1000, 'Normal closure'],
    [CloseReason.GOING_AWAY, 1001, 'Going away'],
    [CloseReason.PROTOCOL_ERROR, 1002, 'Protocol error'],
    [CloseReason.CANNOT_ACCEPT, 1003, 'Cannot accept'],
    [CloseReason.NOT_CONSISTENT, 1007, 'Not consistent'],
    [CloseReason.VIOLATED_POLICY, 1008, 'Violated policy'],
    [CloseReason.TOO_BIG, 1009, 'Too big'],
    [CloseReason.NO_EXTENSION, 1010, 'No extension'],
    [CloseReason.INTERNAL_ERROR, 1011, 'Internal error'],
    [CloseReason.SERVICE_RESTART, 1012, 'Service restart'],
    [CloseReason.TRY_AGAIN_LATER, 1013, 'Try again later'],
    [CloseReason.TLS_HANDSHAKE_FAILED, 1015, 'TLS handshake failed'],
  ])('has %s ready', (reason, code, message) => {
    expect(reason).toEqual(new CloseReason(code, message))
  })

  it('shows the name of its code, or the number', () => {
    expect(String(new CloseReason(1000, 'x'))).toBe('CloseReason(reason=NORMAL, message=x)')
    expect(String(new CloseReason(4000, 'x'))).toBe('CloseReason(reason=4000, message=x)')
  })
})

describe('CloseReason.truncated', () => {
  it('leaves what fits as it is', () => {
    expect(CloseReason.truncated(1002, 'short')).toEqual(new CloseReason(1002, 'short'))
  })

  it('cuts to 123 bytes, on a character boundary', () => {
    expect(CloseReason.truncated(1002, 'x'.repeat(200)).message).toBe('x'.repeat(123))
    expect(CloseReason.truncated(1002, 'é'.repeat(100)).message).toBe('é'.repeat(61))
    expect(CloseReason.truncated(1002, '€'.repeat(100)).message).toBe('€'.repeat(41))
    expect(CloseReason.truncated(1002, '😀'.repeat(100)).message).toBe('😀'.repeat(30))
  })
})
