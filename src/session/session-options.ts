import type { Clock } from '../websocket/clock.ts'
import type { ChannelsConfig } from './channel.ts'

/** What sessions of both kinds let users choose. */
export interface SessionOptions {
  readonly channels?: ChannelsConfig | undefined
  readonly clock?: Clock | undefined
  /** Milliseconds that what waits to be sent may take when the session closes; then it is terminated. Default 10,000. */
  readonly closeTimeout?: number | undefined
}
