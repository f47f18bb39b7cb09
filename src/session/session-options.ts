import type { Clock } from '../websocket/support/clock.ts'
import type { ChannelsConfig } from './channel/channel.ts'

/** The options of default and raw sessions alike. */
export interface SessionOptions {
  /** Bounds of `incoming` and `outgoing`. */
  readonly channels?: ChannelsConfig | undefined
  /** What time is measured by. Default: the clock of the system. */
  readonly clock?: Clock | undefined
  /** Milliseconds to send what waits when the session closes; after that, it is terminated. Default 10,000. */
  readonly closeTimeout?: number | undefined
}
