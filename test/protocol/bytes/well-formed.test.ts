import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isWellFormed, wellFormed } from '../../../src/protocol/bytes/well-formed.ts'
import { anyText } from '../../support/text.ts'

const LONE = ['\u{d83d}', 'a\u{dc00}', '\u{dc00}\u{d83d}', '\u{d83d}\u{d83d}\u{dc00}x']

/** What the platform has since ECMAScript 2024, and what there is where it has not. */
describe.each([true, false])('text, where the platform can tell: %s', (native) => {
  const methods = ['isWellFormed', 'toWellFormed'].map(
    (name) => [name, Reflect.get(String.prototype, name)] as const,
  )

  beforeEach(() => {
    if (!native) for (const [name] of methods) Reflect.set(String.prototype, name, undefined)
  })

  afterEach(() => {
    for (const [name, method] of methods) Reflect.set(String.prototype, name, method)
  })

  it('is well-formed unless it has half of a pair of surrogates', () => {
    fc.assert(fc.property(anyText, (text) => isWellFormed(text)))
    expect(LONE.map(isWellFormed)).toEqual([false, false, false, false])
  })

  it('is made well-formed there, and left as it is elsewhere', () => {
    expect(wellFormed('a😀')).toBe('a😀')
    expect(LONE.map(wellFormed)).toEqual(
      native ? ['\ufffd', 'a\ufffd', '\ufffd\ufffd', '\ufffd\u{d83d}\u{dc00}x'] : LONE,
    )
  })
})
