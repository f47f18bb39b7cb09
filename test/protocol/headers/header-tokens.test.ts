import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { includesToken, parseTokens } from '../../../src/protocol/headers/header-tokens.ts'
import { countSteps } from '../../support/count-steps.ts'
import { anyString, listLike, token } from '../../support/header-arbitraries.ts'

describe('parseTokens', () => {
  it.each([
    ['chat', ['chat']],
    ['chat,superchat', ['chat', 'superchat']],
    [' chat \t,\t superchat ', ['chat', 'superchat']],
    [',, chat, ,superchat,', ['chat', 'superchat']],
    ['chat, chat', ['chat', 'chat']],
    ["!#$%&'*+-.^_`|~", ["!#$%&'*+-.^_`|~"]],
  ])('reads %j', (value, tokens) => {
    expect(parseTokens(value)).toEqual(tokens)
  })

  it.each([
    '',
    ' ',
    ',',
    ' , ,',
    'chat superchat',
    'chat; superchat',
    'chat/1',
    '"chat"',
    'chat, super chat',
    'ch\u00e4t',
    'chat\u0000',
    'chat\n',
  ])('finds %j malformed', (value) => {
    expect(parseTokens(value)).toBeUndefined()
  })

  it('reads what was joined with commas and spaces', () => {
    const separator = fc.constantFrom(',', ', ', ' ,', '\t, ,', ',,')
    fc.assert(
      fc.property(fc.array(token, { minLength: 1 }), separator, (tokens, comma) => {
        expect(parseTokens(tokens.join(comma))).toEqual(tokens)
      }),
    )
  })

  it('answers any string with tokens or not at all', () => {
    fc.assert(
      fc.property(fc.oneof(anyString, listLike), (value) => {
        for (const found of parseTokens(value) ?? []) expect(found).toMatch(/^[^\s,;="\\]+$/)
      }),
    )
  })

  it.each([
    ['spaces', ' '],
    ['commas', ','],
    ['one token', 'a'],
    ['many tokens', 'a,'],
    ['spaced commas', ' , '],
    ['spaced tokens', 'a \t'],
  ])('takes time in proportion to the length of %s', (_, part) => {
    for (const end of ['', 'a', ' "']) {
      const value = part.repeat(100_000 / part.length) + end
      const steps = countSteps(() => parseTokens(value))
      expect(steps).toBeGreaterThan(0)
      expect(steps).toBeLessThan(5 * value.length)
    }
  })
})

describe('includesToken', () => {
  it('finds an element whatever its case and place', () => {
    expect(includesToken('Upgrade', 'upgrade')).toBe(true)
    expect(includesToken('keep-alive, UPGRADE', 'upgrade')).toBe(true)
    expect(includesToken(',\tupgrade ,keep-alive', 'upgrade')).toBe(true)
  })

  it('does not mind what the other elements are', () => {
    expect(includesToken('HTTP/2.0, websocket', 'websocket')).toBe(true)
  })

  it('does not find a part of an element, or nothing at all', () => {
    for (const value of [
      null,
      '',
      ',',
      'websockets',
      'web socket',
      'websocket/13',
      'x-websocket',
    ]) {
      expect(includesToken(value, 'websocket'), String(value)).toBe(false)
    }
  })

  it('does not take a Kelvin sign for a k', () => {
    expect(includesToken('websoc\u212aet', 'websocket')).toBe(false)
  })

  it('finds every token that parseTokens finds', () => {
    fc.assert(
      fc.property(listLike, (value) => {
        for (const found of parseTokens(value) ?? []) expect(includesToken(value, found)).toBe(true)
      }),
    )
  })

  it.each([' ', ',', ' , ', 'upgrade ', 'upgrad,'])(
    'takes time in proportion to the length of %j, repeated',
    (part) => {
      const value = part.repeat(100_000 / part.length)
      expect(countSteps(() => includesToken(value, 'upgrade'))).toBeLessThan(5 * value.length)
    },
  )
})
