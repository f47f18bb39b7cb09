import { describe, expect, test } from 'vitest'
import { readArguments } from '../../../src/cli/arguments/options.ts'
import {
  CLIENT_OPTIONS,
  callersMistakes,
  connectOptions,
  onlyUrl,
  withoutPassword,
} from '../../../src/cli/shared/client-options.ts'

describe('the options of clients', () => {
  test('say how to connect', () => {
    const { values } = readArguments(
      [
        '--header',
        'X-A: 1',
        '--header',
        'X-A: 2',
        '--origin',
        'https://a.example',
        '--protocol',
        'a',
        '--insecure',
        '--timeout',
        '2s',
        '--max-message-size',
        '5',
      ],
      CLIENT_OPTIONS,
    )
    expect(connectOptions(values)).toEqual({
      headers: [
        ['X-A', '1'],
        ['X-A', '2'],
        ['Origin', 'https://a.example'],
      ],
      protocols: ['a'],
      tls: { rejectUnauthorized: false },
      timeout: 2_000,
      maxMessageSize: 5,
    })
  })

  test('leave all to the client if none is given', () => {
    const { values } = readArguments([], CLIENT_OPTIONS)
    expect(connectOptions(values)).toEqual({ headers: [], protocols: [] })
  })
})

test('a command takes one URL', () => {
  expect(onlyUrl('load', ['ws://a/'])).toBe('ws://a/')
  expect(() => onlyUrl('load', [])).toThrow(/^no URL: give one/)
  expect(() => onlyUrl('load', ['ws://a/', 'b'])).toThrow(
    "load takes one URL, and not 'b' beside it",
  )
})

test('a TypeError of the client is a mistake of the caller, and nothing else is', async () => {
  const failing = (error: Error) => callersMistakes(() => Promise.reject(error))
  await expect(failing(new TypeError('a'))).rejects.toMatchObject({ exitCode: 2, message: 'a' })
  const other = new Error('b')
  await expect(failing(other)).rejects.toBe(other)
})

test('a URL is shown without its password', () => {
  expect(withoutPassword('ws://ann:secret@a.example/b?c')).toBe('ws://a.example/b?c')
})
