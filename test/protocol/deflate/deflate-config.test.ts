import { describe, expect, test } from 'vitest'
import {
  type PerMessageDeflateConfig,
  resolveDeflateConfig,
} from '../../../src/protocol/deflate/deflate-config.ts'

describe('the configuration of permessage-deflate', () => {
  test('has defaults for all that does not depend on the role', () => {
    expect(resolveDeflateConfig({})).toEqual({
      serverMaxWindowBits: 15,
      clientMaxWindowBits: 15,
      compressIf: [],
      level: 5,
      memLevel: 8,
      compressIfBiggerThan: 1024,
    })
  })

  test('keeps what is given', () => {
    const compressIf = [() => true, () => false]
    const config: PerMessageDeflateConfig = {
      serverMaxWindowBits: 8,
      clientMaxWindowBits: 9,
      serverNoContextTakeover: false,
      clientNoContextTakeover: true,
      compressIf,
      level: 1,
      memLevel: 9,
      compressIfBiggerThan: 0,
    }
    expect(resolveDeflateConfig(config)).toEqual(config)
  })

  test('takes one predicate for a list of one', () => {
    const compressIf = () => true
    expect(resolveDeflateConfig({ compressIf }).compressIf).toEqual([compressIf])
  })

  test.each<[PerMessageDeflateConfig, string]>([
    [{ serverMaxWindowBits: 7 }, 'serverMaxWindowBits must be an integer from 8 to 15, got 7'],
    [{ clientMaxWindowBits: 16 }, 'clientMaxWindowBits must be an integer from 8 to 15, got 16'],
    [{ clientMaxWindowBits: 9.5 }, 'clientMaxWindowBits must be an integer from 8 to 15, got 9.5'],
    [{ level: 0 }, 'level must be -1 or an integer from 1 to 9, got 0'],
    [{ level: 10 }, 'level must be -1 or an integer from 1 to 9, got 10'],
    [{ memLevel: 0 }, 'memLevel must be an integer from 1 to 9, got 0'],
    [
      { compressIfBiggerThan: -1 },
      'compressIfBiggerThan must be a number of bytes, 0 or more, got -1',
    ],
    [
      { compressIfBiggerThan: Number.NaN },
      'compressIfBiggerThan must be a number of bytes, 0 or more, got NaN',
    ],
  ])('refuses %o', (config, message) => {
    expect(() => resolveDeflateConfig(config)).toThrow(new RangeError(message))
  })

  test.each<[string, object, string]>([
    [
      'a word for a switch',
      { serverNoContextTakeover: 'yes' },
      'serverNoContextTakeover must be true or false, got yes',
    ],
    [
      'a number for a switch',
      { clientNoContextTakeover: 0 },
      'clientNoContextTakeover must be true or false, got 0',
    ],
    [
      'what is no predicate',
      { compressIf: [true] },
      'compressIf must be a function of the message, or an array of them',
    ],
    [
      'what is no list of predicates',
      { compressIf: 1 },
      'compressIf must be a function of the message, or an array of them',
    ],
  ])('refuses %s', (_, config, message) => {
    expect(() => resolveDeflateConfig(config)).toThrow(new TypeError(message))
  })
})

test('an option that permessage-deflate does not have is refused, such as those of other libraries', () => {
  const config: object = { threshold: 1024 }
  expect(() => resolveDeflateConfig(config)).toThrow(TypeError)
  expect(() => resolveDeflateConfig(config)).toThrow(
    'permessage-deflate has no option threshold: there are serverMaxWindowBits, ',
  )
})

test.each(['serverMaxWindowBits', 'compressIfBiggerThan', 'level', 'memLevel'])(
  '%s is a number: text is quoted, and null is not its default',
  (option) => {
    expect(() => resolveDeflateConfig({ [option]: '9' })).toThrow("got '9'")
    expect(() => resolveDeflateConfig({ [option]: null })).toThrow('got null')
  },
)
