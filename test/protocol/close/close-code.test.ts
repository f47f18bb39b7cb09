import { describe, expect, it } from 'vitest'
import {
  checkReason,
  closeCodeProblem,
  isValidCloseCode,
} from '../../../src/protocol/close/close-code.ts'
import { CloseReason } from '../../../src/protocol/close/reason.ts'

describe('close codes that may travel (B3)', () => {
  it('are 1000 to 1003, 1007 to 1014 and 3000 to 4999, and no other of 65536', () => {
    const ranges: [number, number][] = []
    for (let code = 0; code <= 0xffff; code++) {
      if (!isValidCloseCode(code)) continue
      const last = ranges.at(-1)
      if (last !== undefined && last[1] === code - 1) last[1] = code
      else ranges.push([code, code])
    }
    expect(ranges).toEqual([
      [1000, 1003],
      [1007, 1014],
      [3000, 4999],
    ])
  })

  it.each([-1, 1000.5, Number.NaN, Number.POSITIVE_INFINITY, 66_536])('are not %d', (code) => {
    expect(isValidCloseCode(code)).toBe(false)
  })

  it('are told to whoever tries another', () => {
    const problem =
      'close code 1005 cannot be sent: use a CloseReason with 1000 to 1003, 1007 to 1014 or 3000 to 4999'
    expect(closeCodeProblem(1000)).toBeUndefined()
    expect(closeCodeProblem(1005)).toBe(problem)
    expect(() => checkReason(new CloseReason(1000))).not.toThrow()
    expect(() => checkReason(new CloseReason(1005))).toThrow(new RangeError(problem))
  })

  it.each([1000, 'bye', null])('are not given without a CloseReason, as %o', (given) => {
    expect(() => Reflect.apply(checkReason, undefined, [given])).toThrow(
      new RangeError(
        `close code ${given} cannot be sent: use a CloseReason with 1000 to 1003, 1007 to 1014 or 3000 to 4999`,
      ),
    )
  })
})
