import { chaos } from '../../src/filters/chaos.ts'
import { rateLimit } from '../../src/filters/rate-limit.ts'
import { seededRandom } from '../../src/testing/offline/seeded-random.ts'
import type { Clock } from '../../src/websocket/support/clock.ts'
import type { WsFilter } from '../../src/websocket/ws-handler.ts'

/** Delays all but the first two messages of a burst. */
export const delaying = (clock: Clock): WsFilter =>
  rateLimit({ messages: { perSecond: 100, burst: 2 }, onLimit: 'delay', clock })

/** Delays messages as a bad network does; what has not passed when the connection ends is lost. */
export const badNetwork = (clock: Clock): WsFilter =>
  chaos({ latency: 5, jitter: 20, random: seededRandom(1), clock })
