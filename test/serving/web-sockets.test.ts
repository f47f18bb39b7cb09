import { expect, test } from 'vitest'
import { SERVER_LIMITS } from '../../src/protocol/frame/limits.ts'
import { serverSettings } from '../../src/serving/web-sockets.ts'

test('a server takes pages of its own host, and the limits of servers', () => {
  const { origin, limits } = serverSettings({})
  expect({ origin, limits }).toEqual({ origin: 'same', limits: SERVER_LIMITS })
})

test('a server is what its configuration says', () => {
  const settings = serverSettings({ origin: 'any', maxMessageSize: 5 })
  expect(settings).toMatchObject({ origin: 'any', limits: { maxMessageSize: 5, maxFrameSize: 5 } })
})

test('a server refuses values that cannot be', () => {
  expect(() => serverSettings({ maxFrameSize: -1 })).toThrow(RangeError)
})

test('a server refuses origins that no browser sends', () => {
  expect(() => serverSettings({ origin: ['https://a.example/'] })).toThrow(
    "the option origin has 'https://a.example/': it must be 'same', 'any', a function, or a list of origins",
  )
})
