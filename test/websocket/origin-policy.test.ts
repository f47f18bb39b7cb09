import { describe, expect, test } from 'vitest'
import { checkedOrigin, type OriginPolicy } from '../../src/websocket/origin-policy.ts'

const refusalOf = (wrong: string): TypeError =>
  new TypeError(
    `the option origin has '${wrong}': it must be 'same', 'any', a function, or a list of origins as browsers send them, such as ['https://example.org']`,
  )

describe('a policy of origins', () => {
  const byName: OriginPolicy = (origin) => origin?.endsWith('.example.org') === true

  test.each<[OriginPolicy | undefined]>([
    [undefined],
    ['same'],
    ['any'],
    [byName],
    [[]],
    [['https://example.org', 'http://localhost:5173', 'http://[::1]:5173', 'null']],
    [['chrome-extension://abcdefgh', 'capacitor://localhost', 'file://']],
  ])('may be %j', (policy) => {
    expect(checkedOrigin(policy)).toBe(policy)
  })

  test.each(['*', 'https://example.org', ''])('is not the word %j', (word) => {
    // As from a caller that is not type-checked.
    const policy: OriginPolicy = JSON.parse(JSON.stringify(word))
    expect(() => checkedOrigin(policy)).toThrow(refusalOf(word))
  })

  test.each([
    'https://example.org/',
    'app://local/page',
    'app://local?page',
    'app://local#page',
    'app://ann@local',
    'APP://local',
    'app://Local',
    'file:///',
    'https://example.org:443',
    'https://Example.org',
    'https://example.org/chat',
    'wss://example.org',
    'example.org',
    'localhost:5173',
    '',
    '*',
    'https://*.example.org',
  ])('lists no %j', (origin) => {
    expect(() => checkedOrigin(['https://a.example', origin])).toThrow(refusalOf(origin))
  })

  test('lists no patterns', () => {
    // As from a caller that is not type-checked.
    const list: string[] = []
    Reflect.set(list, 0, /example/)
    expect(() => checkedOrigin(list)).toThrow(refusalOf('/example/'))
  })
})
