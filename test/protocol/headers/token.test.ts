import { describe, expect, it } from 'vitest'
import {
  equalsIgnoreCase,
  isToken,
  tokenEnd,
  trimSpace,
} from '../../../src/protocol/headers/token.ts'

describe('tokens', () => {
  it('are made of the 77 characters of RFC 9110, section 5.6.2', () => {
    const characters = Array.from({ length: 0x10000 }, (_, code) =>
      String.fromCharCode(code),
    ).filter(isToken)
    expect(characters.join('')).toBe(
      "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~",
    )
  })

  it('are not empty and have no other character anywhere', () => {
    expect(isToken('chat.v1')).toBe(true)
    for (const text of ['', ' ', 'a b', 'a,', '"a"', 'a/1', 'é', 'a\u0000', 'a\n']) {
      expect(isToken(text), JSON.stringify(text)).toBe(false)
    }
  })

  it('end before the first other character, or where they begin when none does', () => {
    expect(tokenEnd('ab, cd', 0)).toBe(2)
    expect(tokenEnd('ab, cd', 2)).toBe(2)
    expect(tokenEnd('ab, cd', 4)).toBe(6)
    expect(tokenEnd('ab, cd', 6)).toBe(6)
  })
})

describe('trimSpace', () => {
  it('takes spaces and tabs from both ends, and nothing else', () => {
    expect(trimSpace(' \ta b\t ')).toBe('a b')
    expect(trimSpace('\u00a0a\n')).toBe('\u00a0a\n')
    expect(trimSpace(' \t ')).toBe('')
    expect(trimSpace('x,  a  ,y', 2, 7)).toBe('a')
  })
})

describe('equalsIgnoreCase', () => {
  it('ignores the case of ASCII letters', () => {
    expect(equalsIgnoreCase('WebSocket', 'wEBsOCKET')).toBe(true)
    expect(equalsIgnoreCase('websocket', 'websockets')).toBe(false)
    expect(equalsIgnoreCase('[', '{')).toBe(false)
    expect(equalsIgnoreCase('@', '`')).toBe(false)
  })

  it('does not take a Kelvin sign for a k', () => {
    expect('websoc\u212aet'.toLowerCase()).toBe('websocket')
    expect(equalsIgnoreCase('websoc\u212aet', 'websocket')).toBe(false)
  })
})
