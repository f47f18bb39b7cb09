import { describe, expect, test } from 'vitest'
import { readCassette } from '../../../src/testing/replay/cassette.ts'

describe('readCassette', () => {
  const open = {
    connection: 1,
    at: 0,
    kind: 'open',
    method: 'GET',
    url: 'http://localhost/',
    headers: [['host', 'localhost']],
    protocol: '',
  }
  const message = { connection: 1, at: 1, kind: 'message', direction: 'in', mode: 'text', text: '' }

  test('reads JSON lines, empty ones left out', () => {
    const lines = [`\ufeff${JSON.stringify(open)}`, '', ` ${JSON.stringify(message)}\r`, '']
    expect(readCassette(lines.join('\n'))).toEqual([open, message])
    expect(readCassette('')).toEqual([])
  })

  test.each([
    ['{', 'line 2 of the cassette is not JSON: {'],
    ['null', 'line 2 of the cassette is no entry of a recording: null'],
    ['{"kind":"open"}', 'is no entry'],
    [JSON.stringify({ ...open, kind: 'shut' }), 'is no entry'],
    [JSON.stringify({ ...open, headers: ['host'] }), 'is no entry'],
    [JSON.stringify({ ...open, headers: [['host']] }), 'is no entry'],
    [JSON.stringify({ ...open, at: '0' }), 'is no entry'],
    [JSON.stringify({ ...message, direction: 'up' }), 'is no entry'],
    [JSON.stringify({ ...message, direction: undefined }), 'is no entry'],
    [JSON.stringify({ ...message, mode: 'frame' }), 'is no entry'],
    [JSON.stringify({ ...message, base64: '' }), 'is no entry'],
    [JSON.stringify({ ...message, text: undefined }), 'is no entry'],
    [JSON.stringify({ connection: 1, at: 1, kind: 'error', name: 'Error' }), 'is no entry'],
    [JSON.stringify({ connection: 1, at: 1, kind: 'close', reason: '' }), 'is no entry'],
    [JSON.stringify({ connection: 1, at: 1, kind: 'close', code: 12, reason: '' }), 'is no entry'],
    [JSON.stringify({ ...open, url: 'nowhere' }), 'is no entry'],
    [JSON.stringify({ ...message, text: undefined, base64: '%' }), 'is no entry'],
    ['\u001b[2J', 'is not JSON: \\u001b[2J'],
    [`"${'x'.repeat(200)}"`, /^.{0,140}$/],
  ])('refuses a line %s', (line, problem) => {
    expect(() => readCassette(`${JSON.stringify(open)}\n${line}`)).toThrow(problem)
    expect(() => readCassette(`\n${line}`)).toThrow(TypeError)
  })
})
