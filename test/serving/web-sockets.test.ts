import { expect, test } from 'vitest'
import { SERVER_LIMITS } from '../../src/protocol/limits.ts'
import { serverSettings } from '../../src/serving/web-sockets.ts'
import { CountedExtension } from '../support/counted-extension.ts'

test('a server takes pages of its own host, the limits of servers, and no extension', () => {
  const { origin, limits, extensions } = serverSettings({})
  expect({ origin, limits, extensions }).toEqual({
    origin: 'same',
    limits: SERVER_LIMITS,
    extensions: [],
  })
})

test('a server is what its configuration says', () => {
  const extensions = [new CountedExtension()]
  const settings = serverSettings({ origin: 'any', maxMessageSize: 5, extensions })
  expect(settings).toMatchObject({ origin: 'any', limits: { maxMessageSize: 5, maxFrameSize: 5 } })
  expect(settings.extensions).toBe(extensions)
})

test('a server refuses extensions that conflict, and values that cannot be', () => {
  const extensions = [new CountedExtension(), new CountedExtension()]
  expect(() => serverSettings({ extensions })).toThrow(
    "the extensions 'x-counted' and 'x-counted' cannot be configured together",
  )
  expect(() => serverSettings({ maxFrameSize: -1 })).toThrow(RangeError)
})

test('a server refuses origins that no browser sends', () => {
  expect(() => serverSettings({ origin: ['https://a.example/'] })).toThrow(
    "the option origin has 'https://a.example/': it must be 'same', 'any', a function, or a list of origins",
  )
})
