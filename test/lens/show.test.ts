import { expect, test } from 'vitest'
import { show } from '../../src/lens/show.ts'
import { WsMessage } from '../../src/websocket/ws-message.ts'

test.each<[value: unknown, shown: string]>([
  ["it's\n", "'it\\'s\\u000a'"],
  [-1.5, '-1.5'],
  [undefined, 'undefined'],
  [null, 'null'],
  [true, 'true'],
  [10n, 'a bigint'],
  [() => {}, 'a function'],
  [Symbol('secret'), 'a symbol'],
  [new Uint8Array(), 'bytes (0)'],
  [new Uint8Array(17).fill(1), `bytes (17) ${'01 '.repeat(16)}...`],
  [WsMessage.text('a'), "'a'"],
  [WsMessage.binary(Uint8Array.of(255)), 'bytes (1) ff'],
  [new Date(0), '1970-01-01T00:00:00.000Z'],
  [new Date(Number.NaN), 'no date'],
  [[1, 'secret'], 'an array of 2'],
  [{ key: 'secret' }, 'an object'],
  [Proxy.revocable({}, {}).proxy, 'an object'],
])('%# is shown on one line, and shortly', (value, shown) => {
  expect(show(value)).toBe(shown)
})
