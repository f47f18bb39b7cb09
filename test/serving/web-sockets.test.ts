import { expect, test } from 'vitest'
import { SERVER_LIMITS } from '../../src/protocol/limits.ts'
import { serverSettings } from '../../src/serving/web-sockets.ts'
import { OWN_ENGINE } from '../../src/websocket/capability.ts'

test('a server takes pages of its own host, and the limits of servers', () => {
  const { origin, limits } = serverSettings({}, OWN_ENGINE)
  expect({ origin, limits }).toEqual({ origin: 'same', limits: SERVER_LIMITS })
})

test('a server is what its configuration says', () => {
  const settings = serverSettings({ origin: 'any', maxMessageSize: 5 }, OWN_ENGINE)
  expect(settings).toMatchObject({ origin: 'any', limits: { maxMessageSize: 5, maxFrameSize: 5 } })
  expect(settings.engine).toBe(OWN_ENGINE)
})

test('a server refuses values that cannot be', () => {
  expect(() => serverSettings({ maxFrameSize: -1 }, OWN_ENGINE)).toThrow(RangeError)
})

test('a server refuses origins that no browser sends', () => {
  expect(() => serverSettings({ origin: ['https://a.example/'] }, OWN_ENGINE)).toThrow(
    "the option origin has 'https://a.example/': it must be 'same', 'any', a function, or a list of origins",
  )
})
