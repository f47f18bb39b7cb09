import { expect, test } from 'vitest'
import { authenticate } from '../../src/filters/authenticate.ts'
import { basic } from '../../src/filters/basic.ts'
import { bearer } from '../../src/filters/bearer.ts'
import { catchAll } from '../../src/filters/catch-all.ts'
import { chaos } from '../../src/filters/chaos.ts'
import { connectionLimit } from '../../src/filters/connection-limit.ts'
import { idleTimeout } from '../../src/filters/idle-timeout.ts'
import { liftHandshake, liftWs } from '../../src/filters/lift.ts'
import { maxLifetime } from '../../src/filters/max-lifetime.ts'
import { originPolicy } from '../../src/filters/origin-policy.ts'
import { printTraffic } from '../../src/filters/print-traffic.ts'
import { rateLimit } from '../../src/filters/rate-limit.ts'
import { record } from '../../src/filters/record.ts'
import { reportTransaction } from '../../src/filters/report-transaction.ts'
import { setSubprotocol } from '../../src/filters/set-subprotocol.ts'
import { lensFailures } from '../../src/lens/lens-failures.ts'
import { openTelemetry } from '../../src/opentelemetry/open-telemetry.ts'
import type { HandshakeFilter, WsConsumer } from '../../src/websocket/ws-handler.ts'
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

test.each<[name: string, filter: HandshakeFilter]>([
  ['authenticate', authenticate(() => 'ann', { challenge: 'Basic' })],
  ['basic', basic('realm', () => true)],
  ['bearer', bearer(() => true)],
  ['connectionLimit', connectionLimit({ total: 1 })],
  ['lensFailures', lensFailures],
  ['openTelemetry', openTelemetry()],
  ['originPolicy', originPolicy([])],
  ['printTraffic', printTraffic()],
  ['reportTransaction', reportTransaction(() => {})],
  ['setSubprotocol', setSubprotocol([])],
])(
  '%s, a filter of handshakes, lets no socket through in the place of one of sockets',
  (_, filter) => {
    const opened: unknown[] = []
    const next: WsConsumer = (socket) => opened.push(socket)
    const misplaced: WsConsumer = Reflect.apply(filter, undefined, [next])
    expect(() => misplaced(socketStub())).toThrow(
      new TypeError('withFilter needs a filter of sockets, not of handshakes'),
    )
    expect(opened).toEqual([])
  },
)

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

// A misspelt option would have no effect: secrets would be printed, and limits would not hold.
test.each<[fn: (...args: never[]) => unknown, args: readonly unknown[], message: string]>([
  [
    authenticate,
    [() => true, { challenge: 'ApiKey', principl: 5 }],
    'authenticate() has no option principl: there are principal, challenge',
  ],
  [
    basic,
    ['realm', () => true, { realm: 'a' }],
    'basic() has no option realm: there are principal',
  ],
  [bearer, [() => true, { qeury: 'token' }], 'bearer() has no option qeury: there are principal, '],
  [catchAll, [{ statuss: 5 }], 'catchAll() has no option statuss: there are status, onError'],
  [catchAll, [() => {}], 'catchAll() needs an object as options, not function'],
  [chaos, [{ delay: 5 }], 'chaos() has no option delay: there are latency, jitter, dropRate, '],
  [connectionLimit, [{ limit: 5 }], 'connectionLimit() has no option limit: it belongs in perKey'],
  [connectionLimit, [{ perKey: 5 }], 'connectionLimit() needs an object as perKey, not number'],
  [idleTimeout, [5, { stauts: 5 }], 'idleTimeout() has no option stauts: there are clock, status'],
  [liftHandshake, [() => {}, 'upgrades'], 'liftHandshake() needs an object as options, not string'],
  [maxLifetime, [5, { jiter: 5 }], 'maxLifetime() has no option jiter: there are clock, status, '],
  [printTraffic, [() => {}, { secrets: [] }], 'printTraffic() has no option secrets: there are '],
  [printTraffic, [() => {}, { secretQuery: 'a' }], 'the option secretQuery has to be a list of '],
  [rateLimit, [{ perSecond: 5 }], 'rateLimit() has no option perSecond: it belongs in messages'],
  [
    rateLimit,
    [{ messages: { perSecond: 1, brust: 5 } }],
    'rateLimit() has no option messages.brust: there are perSecond, burst',
  ],
  [rateLimit, [{ ...perSecond, bytes: 5 }], 'rateLimit() needs an object as bytes, not number'],
  [record, [() => {}, { secretHeader: [] }], 'record() has no option secretHeader: there are '],
  [
    reportTransaction,
    [() => {}, { label: 5 }],
    'reportTransaction() has no option label: there are clock, labels',
  ],
])('%o refuses an option that it does not have', (filter, args, message) => {
  const use = (): unknown => Reflect.apply(filter, undefined, args)
  expect(use).toThrow(TypeError)
  expect(use).toThrow(message)
})

test('a rate of drops from the environment is refused, since it is no number', () => {
  const options: object = { dropRate: '0.5' }
  expect(() => chaos(options)).toThrow("the option dropRate is '0.5': it must be ")
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
