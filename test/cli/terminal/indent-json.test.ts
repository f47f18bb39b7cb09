import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { indentJson } from '../../../src/cli/terminal/indent-json.ts'

describe('indentJson', () => {
  test('lays out objects and arrays', () => {
    expect(indentJson('{"a":[1,true,null],"b":{"c":"d"}}')).toBe(
      [
        '{',
        '  "a": [',
        '    1,',
        '    true,',
        '    null',
        '  ],',
        '  "b": {',
        '    "c": "d"',
        '  }',
        '}',
      ].join('\n'),
    )
  })

  test('lays out as JSON.stringify does', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(indentJson(json)).toBe(JSON.stringify(JSON.parse(json), null, 2))
      }),
    )
  })

  test('keeps empty ones on one line', () => {
    expect(indentJson('[ { } , [\n] ]')).toBe('[\n  {},\n  []\n]')
  })

  test('keeps numbers and repeated names as they were sent', () => {
    expect(indentJson('{"n":12345678901234567890,"n":1.0e+2}')).toBe(
      '{\n  "n": 12345678901234567890,\n  "n": 1.0e+2\n}',
    )
  })

  test('takes no brackets, quotes or spaces in strings for its own', () => {
    expect(indentJson('["a \\" [{,:}] \\\\", " b "]')).toBe('[\n  "a \\" [{,:}] \\\\",\n  " b "\n]')
  })

  test.each(['', 'hello', '{"a":', '[1] 2', "{'a': 1}"])('leaves %j, which is not JSON', (text) => {
    expect(indentJson(text)).toBeUndefined()
  })

  test('leaves what is larger than a mebibyte', () => {
    const content = 'a'.repeat(1_048_576 - '[""]'.length)
    expect(indentJson(`["${content}"]`)).toBe(`[\n  "${content}"\n]`)
    expect(indentJson(`["${content}a"]`)).toBeUndefined()
  })

  test('does not make much of many brackets', () => {
    const depth = 20_000
    const indented = indentJson('['.repeat(depth) + ']'.repeat(depth))
    expect(indented?.length).toBeLessThan(depth * 2 * 70)
  })
})
