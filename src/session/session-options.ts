import type { Clock } from '../websocket/clock.ts'
import type { ChannelsConfig } from './channel.ts'

/** The options of default and raw sessions alike. */
export interface SessionOptions {
  readonly channels?: ChannelsConfig | undefined
  readonly clock?: Clock | undefined
  /** Milliseconds that what waits to be sent may take when the session closes; then it is terminated. Default 10,000. */
  readonly closeTimeout?: number | undefined
}
