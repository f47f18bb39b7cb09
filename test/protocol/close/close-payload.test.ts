import { describe, expect, it } from 'vitest'
import { portablePorts } from '../../../src/protocol/bytes/ports.ts'
import { closeViolation } from '../../../src/protocol/close/close-payload.ts'
import { bytes } from '../../support/hex.ts'

const check = (payload: string) => closeViolation(bytes(payload), portablePorts.isUtf8)

describe('the payload of a Close frame', () => {
  it.each(['', '03e8', '03e8 6f6b', '03f0', '0bb8', '1387', '03e8 e282ac'])(
    'is fine as %j',
    (payload) => {
      expect(check(payload)).toBeUndefined()
    },
  )

  it('is not one byte long', () => {
    expect(check('03')).toEqual({ code: 1002, message: 'a close payload of one byte' })
  })

  it.each([
    ['0000', 0],
    ['03e7', 999],
    ['03ec', 1004],
    ['03ed', 1005],
    ['03ee', 1006],
    ['03f7', 1015],
    ['03f8', 1016],
    ['07d0', 2000],
    ['0bb7', 2999],
    ['1388', 5000],
    ['ffff', 65_535],
  ])('does not have code %s, %i (B3)', (payload, code) => {
    expect(check(payload)).toEqual({ code: 1002, message: `close code ${code} is not allowed` })
  })

  it.each(['03e8 ff', '03e8 c080', '03e8 eda080', '03e8 6f6b e282'])(
    'does not have the message of %s, which is not UTF-8',
    (payload) => {
      expect(check(payload)).toEqual({ code: 1007, message: 'a close message that is not UTF-8' })
    },
  )
})
