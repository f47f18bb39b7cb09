import fc from 'fast-check'
import { rateLimit } from '../../src/filters/rate-limit.ts'
import { record } from '../../src/filters/record.ts'
import type { ChannelsConfig } from '../../src/session/channel/channel.ts'
import type { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import { decorate } from '../../src/websocket/decorate.ts'
import type { WsFilter } from '../../src/websocket/ws-handler.ts'
import { badNetwork, delaying } from './late-filters.ts'
import type { Act } from './session-end.ts'

/** A filter of one end, and what may be said of sessions behind it. */
export interface Behind {
  readonly filter: (clock: VirtualClock) => WsFilter
  /** Which whole messages it takes away. */
  readonly drops: (name: string) => boolean
  /** It takes away others, too. */
  readonly leaky: boolean
  /** What it has not passed on to the peer when the connection ends is lost. */
  readonly losesAtEnd: boolean
  /** What it holds comes even if reading pauses: the bounds of channels do not apply to that. */
  readonly holds: boolean
  /** The session is made when some frames have come already. */
  readonly opensLate: boolean
}

const kept = (): boolean => false
const plain = { drops: kept, leaky: false, losesAtEnd: false, holds: false, opensLate: false }
const isOdd = (name: string): boolean => /data-\d*[13579]\./.test(name)

const decorated: WsFilter = (next) => (socket) =>
  next(
    decorate(socket, {
      message: (message, on) => (isOdd(message.text()) ? undefined : on(message)),
      send: (message, on) => isOdd(message.text()) || on(message),
    }),
  )

const late =
  (clock: VirtualClock): WsFilter =>
  (next) =>
  async (socket) => {
    await new Promise<void>((resolve) => {
      clock.after(10, resolve)
    })
    return next(socket)
  }

export const FILTERS: Readonly<Record<string, Behind>> = {
  'no filter': { ...plain, filter: () => (next) => next },
  'a filter that records': { ...plain, filter: (clock) => record(() => {}, { clock }) },
  'a filter that drops some': { ...plain, filter: () => decorated, drops: isOdd },
  'a rate limit that drops': {
    ...plain,
    filter: (clock) =>
      rateLimit({ messages: { perSecond: 100, burst: 2 }, onLimit: 'drop', clock }),
    leaky: true,
  },
  'a rate limit that delays': { ...plain, filter: delaying, holds: true },
  'a bad network': { ...plain, filter: badNetwork, losesAtEnd: true, holds: true },
  'a filter that takes its time': { ...plain, filter: late, holds: true, opensLate: true },
  'several filters': {
    ...plain,
    filter: (clock) => (next) =>
      delaying(clock)(badNetwork(clock)(late(clock)(record(() => {}, { clock })(next)))),
    losesAtEnd: true,
    holds: true,
    opensLate: true,
  },
}

const oneOf = (weight: number, ...acts: readonly Act[]): fc.WeightedArbitrary<Act> => ({
  weight,
  arbitrary: fc.constantFrom(...acts),
})

const act = fc.oneof(
  oneOf(12, 'send', 'sendMedium', 'sendFragment', 'trySend'),
  oneOf(2, 'sendLarge'),
  oneOf(4, 'ping', 'pong', 'tryPing', 'flush'),
  oneOf(7, 'receive', 'receiveInTime', 'receiveUntil', 'abort'),
  oneOf(6, 'tryReceive', 'loop', 'leaveLoop'),
  oneOf(1, 'close', 'sendClose', 'trySendClose', 'finish', 'fail'),
  oneOf(1, 'cancel', 'terminate', 'mask'),
)

/** An act of one end, or time that passes. */
interface Step {
  readonly act?: Act
  readonly end?: 'client' | 'server'
  /** So often. */
  readonly times?: number
  /** Time that passes. */
  readonly ms?: number
}

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      act,
      end: fc.constantFrom('client' as const, 'server' as const),
      times: fc.constantFrom(1, 1, 1, 4),
    }),
  },
  { weight: 1, arbitrary: fc.record({ ms: fc.constantFrom(0, 0, 1, 5, 100, 20_000) }) },
)

const bounds = fc.oneof(
  fc.constant(undefined),
  fc.record({
    capacity: fc.constantFrom(1, 3, 1024),
    bytes: fc.constantFrom(1, 1_500, 1_000_000),
    onOverflow: fc.constantFrom('suspend' as const, 'suspend' as const, 'close' as const),
  }),
)

/** How one end is configured. */
export interface Side {
  /** What its session is: one over a raw one has whole messages, too. */
  readonly kind: 'default' | 'raw' | 'over'
  readonly controlFrames: boolean
  readonly channels: ChannelsConfig
  readonly sockets: {
    readonly pingInterval: number
    readonly highWaterMark: number
    readonly inboundMark: { readonly messages: number }
  }
}

const side: fc.Arbitrary<Side> = fc.record({
  kind: fc.constantFrom('default' as const, 'raw' as const, 'over' as const),
  controlFrames: fc.boolean(),
  channels: fc.record({ incoming: bounds, outgoing: bounds }),
  sockets: fc.record({
    pingInterval: fc.constantFrom(0, 0, 5_000),
    highWaterMark: fc.constantFrom(0, 1_000, 65_536),
    inboundMark: fc.record({ messages: fc.constantFrom(1, 3, 256) }),
  }),
})

/** What both ends are, what they do, and what lies between them. */
export interface Schedule {
  readonly steps: readonly Step[]
  readonly client: Side
  readonly server: Side
  readonly wire: { readonly cut: 'random' | undefined; readonly delay: number }
}

export const schedules: fc.Arbitrary<Schedule> = fc.record({
  steps: fc.array(step, { maxLength: 30 }),
  client: side,
  server: side,
  wire: fc.record({
    cut: fc.constantFrom('random' as const, undefined),
    delay: fc.constantFrom(0, 1),
  }),
})
