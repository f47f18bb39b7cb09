import { describe, expect, it } from 'vitest'
import { asError, textOf } from '../../../src/protocol/errors/thrown.ts'

describe('textOf', () => {
  it('is the text that a value has', () => {
    expect(textOf('a')).toBe('a')
    expect(textOf(undefined)).toBe('undefined')
    expect(textOf(Symbol('a'))).toBe('Symbol(a)')
    expect(textOf(new TypeError('it failed'))).toBe('TypeError: it failed')
  })

  it('does not fail for what cannot be converted', () => {
    const throwing = (): string => {
      throw new Error('no text')
    }
    expect(textOf(Object.create(null))).toBe('object')
    expect(textOf({ toString: throwing })).toBe('object')
  })
})

describe('asError', () => {
  it('is the error that was thrown, or one that has what was thrown for its cause', () => {
    const error = new TypeError('it failed')
    expect(asError(error)).toBe(error)
    expect(asError('a')).toEqual(new Error('a', { cause: 'a' }))
  })

  it('does not fail for a proxy that has been revoked', () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    expect(asError(proxy).message).toBe('object')
  })

  it('is another error for one whose message cannot be read', () => {
    const get = (): never => {
      throw new Error('no message')
    }
    const unreadable = Object.defineProperty(new Error(), 'message', { get })
    expect(asError(unreadable).message).toBe('object')
    expect(asError(unreadable).cause).toBe(unreadable)
  })
})
