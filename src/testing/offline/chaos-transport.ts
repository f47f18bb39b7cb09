import { type Clock, systemClock } from '../../websocket/support/clock.ts'
import { amount, duration } from '../../websocket/support/option-checks.ts'
import { checkNames, type OptionNames } from '../../websocket/support/option-names.ts'
import { type Intake, MemoryTransport, type TransportEnd } from './memory-transport.ts'
import { seededRandom } from './seeded-random.ts'

/** Options of `chaosTransport`. */
export interface ChaosTransportOptions {
  /** How much of what has arrived is read at once: single bytes, at most so many, or at random. Default: all. */
  readonly cut?: 'bytewise' | 'random' | number | undefined
  /** Of the random cuts: the same seed, the same cuts on every connection. Default 0. */
  readonly seed?: number | undefined
  /** Milliseconds before each piece is read: both ends read slowly. Default 0: all happens within one call. */
  readonly delay?: number | undefined
  /** What time is measured by. Default: the clock of the system. */
  readonly clock?: Clock | undefined
  /** The connection is lost when one end has read so many bytes, in the middle of a frame if need be. Default: never. */
  readonly breakAfter?: number | undefined
}

const CHAOS_TRANSPORT_OPTIONS: OptionNames<ChaosTransportOptions> = {
  cut: 0,
  seed: 0,
  delay: 0,
  clock: 0,
  breakAfter: 0,
}

/** Makes the two ends of one connection. */
export type TransportPair = () => readonly [client: TransportEnd, server: TransportEnd]

/**
 * A bad connection, as the option `transport` of the test clients: partial frames, cut chunks, slow readers. Whatever
 * it does short of breaking, an application should answer the same. Throws a `TypeError` for an unknown option, and a
 * `RangeError` for an invalid one.
 */
export function chaosTransport(options: ChaosTransportOptions): TransportPair {
  checkNames('chaosTransport()', options, CHAOS_TRANSPORT_OPTIONS)
  const { cut = Number.POSITIVE_INFINITY, seed = 0, clock = systemClock } = options
  const delay = duration('delay', options.delay, 0)
  const breakAfter = amount('breakAfter', options.breakAfter, Number.POSITIVE_INFINITY)
  const most = cut === 'bytewise' ? 1 : cut
  if (most !== 'random' && !(most >= 1)) {
    throw new RangeError(
      `the option cut is ${String(cut)}: it must be 'bytewise', 'random' or a number from 1 up`,
    )
  }

  function intake(ownSeed: number): Intake {
    const random = seededRandom(ownSeed)
    let left = breakAfter
    return {
      piece(waiting) {
        // Mostly small pieces, now and then all there is.
        const wanted = most === 'random' ? Math.ceil(waiting * random() ** 4) : most
        const size = Math.min(Math.max(1, Math.floor(wanted)), waiting, left)
        left -= size
        return size
      },
      ...(delay > 0 && { later: (take: () => void) => clock.after(delay, take) }),
    }
  }

  return () => MemoryTransport.pair(intake(seed), intake(~seed))
}
