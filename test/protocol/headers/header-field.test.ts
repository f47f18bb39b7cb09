import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  fieldValue,
  formatHead,
  type HeaderField,
  userFields,
} from '../../../src/protocol/headers/header-field.ts'
import { anyString, token } from '../../support/header-arbitraries.ts'

describe('fieldValue', () => {
  const fields: readonly HeaderField[] = [
    ['Via', 'a'],
    ['X', ''],
    ['VIA', 'b'],
  ]

  it('finds a header in any case, and joins several', () => {
    expect(fieldValue(fields, 'via')).toBe('a, b')
    expect(fieldValue(fields, 'x')).toBe('')
  })

  it('is null when there is none', () => {
    expect(fieldValue(fields, 'vi')).toBeNull()
  })
})

describe('userFields', () => {
  it('takes every kind of HeadersInit', () => {
    expect(userFields(undefined)).toEqual([])
    expect(userFields({ 'X-One': '1', 'X-Two': '2' })).toEqual([
      ['X-One', '1'],
      ['X-Two', '2'],
    ])
    expect(
      userFields([
        ['Set-Cookie', 'a'],
        ['Set-Cookie', 'b'],
      ]),
    ).toEqual([
      ['Set-Cookie', 'a'],
      ['Set-Cookie', 'b'],
    ])
    const headers = new Headers({ 'X-One': '1' })
    headers.append('Set-Cookie', 'a')
    headers.append('Set-Cookie', 'b')
    expect(userFields(headers)).toEqual([
      ['set-cookie', 'a'],
      ['set-cookie', 'b'],
      ['x-one', '1'],
    ])
  })

  it.each([undefined, null])('refuses a header without a value: %s', (value) => {
    expect(() => Reflect.apply(userFields, undefined, [{ 'X-One': value }])).toThrow(
      new TypeError("header 'X-One' has no value: leave it out"),
    )
  })

  it.each([
    'Upgrade',
    'connection',
    'Sec-WebSocket-Accept',
    'sec-websocket-extensions',
    'SEC-WEBSOCKET-KEY',
    'Sec-WebSocket-Protocol',
    'Sec-WebSocket-Version',
    'Content-Length',
    'transfer-encoding',
  ])('refuses %s, which belongs to the handshake', (name) => {
    for (const headers of [{ [name]: 'x' }, [[name, 'x']] as [string, string][]]) {
      expect(() => userFields(headers)).toThrow(TypeError)
      expect(() => userFields(headers)).toThrow(`header '${name}' belongs to the handshake`)
    }
  })

  it.each([
    ['a\r\nb', "has '\\u000d' at index 1"],
    ['\n', "has '\\u000a' at index 0"],
    ['\u0000', "has '\\u0000' at index 0"],
    ['a\u007f', "has '\\u007f' at index 1"],
    ['\u20ac', "has '\\u20ac' at index 0"],
  ])('refuses the value %j and names its header', (value, message) => {
    expect(() => userFields({ 'X-Name': value })).toThrow(TypeError)
    expect(() => userFields({ 'X-Name': value })).toThrow(`the value of header 'X-Name' ${message}`)
  })

  it.each(['', 'a b', 'a:', 'a\r\nb', 'é'])('refuses the name %j', (name) => {
    expect(() => userFields({ [name]: 'x' })).toThrow("cannot be a header's name")
  })
})

describe('formatHead', () => {
  it('writes the start line, the fields and an empty line', () => {
    expect(
      formatHead('HTTP/1.1 204 ', [
        ['X', ''],
        ['Set-Cookie', 'a=\u00e9\t1'],
      ]),
    ).toBe('HTTP/1.1 204 \r\nX: \r\nSet-Cookie: a=\u00e9\t1\r\n\r\n')
  })

  it('throws, or writes one line for each field', () => {
    const name = fc.oneof(token, anyString)
    fc.assert(
      fc.property(
        anyString,
        fc.array(fc.tuple(name, anyString), { maxLength: 3 }),
        (line, fields) => {
          let head: string
          try {
            head = formatHead(line, fields)
          } catch (error) {
            expect(error).toBeInstanceOf(TypeError)
            return
          }
          expect(head.split(/\r\n|[\r\n\0]/)).toHaveLength(fields.length + 3)
        },
      ),
    )
  })

  it('refuses a start line that would be two', () => {
    expect(() => formatHead('HTTP/1.1 200 a\r\nX: b', [])).toThrow(
      "the start line has '\\u000d' at index 14",
    )
  })
})
