import { expect, test } from 'vitest'
import { authenticate } from '../../src/filters/authenticate.ts'
import { basic } from '../../src/filters/basic.ts'
import { bearer } from '../../src/filters/bearer.ts'
import { catchAll } from '../../src/filters/catch-all.ts'
import { connectionLimit } from '../../src/filters/connection-limit.ts'
import { liftHandshake, liftWs } from '../../src/filters/lift.ts'
import { printTraffic } from '../../src/filters/print-traffic.ts'
import { rateLimit } from '../../src/filters/rate-limit.ts'
import { record } from '../../src/filters/record.ts'
import { reportTransaction } from '../../src/filters/report-transaction.ts'
import { setSubprotocol } from '../../src/filters/set-subprotocol.ts'
import { get, socketStub } from '../routing/fixtures.ts'

const who = 'needs a function that says who it is, not'
const perSecond = { messages: { perSecond: 1 } }

test('a key that answers with a promise limits nobody, and is refused', () => {
  const later: object = { key: async () => 'ann' }
  const message = 'the key of a limit cannot be asynchronous'
  const limited = connectionLimit({ perKey: { limit: 1, key: () => '', ...later } })
  expect(() => limited(() => undefined)(get('/'))).toThrow(new TypeError(message))
  const rated = rateLimit({ ...perSecond, ...later })(() => {})
  expect(() => rated(socketStub())).toThrow(new TypeError(message))
})

// What the types refuse, for those who have none: not when the first socket comes, or the first fault.
test.each<[fn: (...args: never[]) => unknown, args: readonly unknown[], message: string]>([
  [authenticate, ['ann'], `authenticate ${who} string`],
  [bearer, [], `bearer ${who} undefined`],
  [basic, ['realm', {}], `basic ${who} object`],
  [catchAll, [{ onError: 5 }], 'the option onError of catchAll has to be a function, not number'],
  [
    connectionLimit,
    [{ perKey: { limit: 5 } }],
    'the option perKey.key has to be a function, not undefined',
  ],
  [connectionLimit, [{}], 'connectionLimit limits nothing: give it total, perKey, or both'],
  [liftHandshake, [5], 'liftHandshake needs a filter of handshakes, not number'],
  [liftWs, [null], 'liftWs needs a filter of sockets, not null'],
  [printTraffic, ['log'], 'the sink of printTraffic has to be a function, not string'],
  [
    rateLimit,
    [{ ...perSecond, key: 'remoteAddress' }],
    'the option key of rateLimit has to be a function, not string',
  ],
  [record, [], 'the sink of record has to be a function, not undefined'],
  [reportTransaction, [], 'reportTransaction needs a function, not undefined'],
  [
    reportTransaction,
    [() => {}, { labels: {} }],
    'the option labels of reportTransaction has to be a function, not object',
  ],
  [setSubprotocol, ['chat'], 'setSubprotocol needs a list or a function, not string'],
])('%o refuses at once what is no function, or nothing at all', (filter, args, message) => {
  expect(() => Reflect.apply(filter, undefined, args)).toThrow(new TypeError(message))
})

test('a limit of a key that is left out is no limit, and is refused', () => {
  const options: object = { perKey: { key: () => '' } }
  expect(() => connectionLimit(options)).toThrow(
    new RangeError('the option perKey.limit is undefined: it must be a number from 0 up'),
  )
})

test('a lifted filter that answers no handler is named at once', () => {
  const lifted = liftHandshake(Reflect.apply(Object, undefined, [() => 5]))
  const handler = (): undefined => undefined
  for (const half of ['ws', 'http']) {
    expect(() => lifted({ ws: undefined, http: undefined, [half]: handler })).toThrow(
      new TypeError('a filter has to return a handler, not number'),
    )
  }
})

test.each<[fn: (...args: never[]) => unknown, args: readonly unknown[]]>([
  [authenticate, [() => true, {}]],
  [bearer, [() => true, { realm: 5 }]],
  [basic, [undefined, () => true]],
])('%o refuses what is no text for a challenge', (filter, args) => {
  expect(() => Reflect.apply(filter, undefined, args)).toThrow(/^'(undefined|5)' cannot be a /)
})
