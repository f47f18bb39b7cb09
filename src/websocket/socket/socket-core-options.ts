import type { ConnectionOptions } from '../../protocol/connection/connection-options.ts'
import type { SlowConsumerPolicy } from '../slow-consumer.ts'
import type { SenderOptions } from './sender.ts'
import type { SocketSettings } from './socket-settings.ts'
import type { StoppableWebsocket } from './stoppable-websocket.ts'

export interface SocketCoreOptions extends ConnectionOptions {
  readonly settings: SocketSettings
  /** These two override the settings' for this socket. */
  readonly maxBufferedAmount?: number | undefined
  readonly slowConsumer?: SlowConsumerPolicy | undefined
  /** Called once, when the transport is gone. */
  readonly onGone?: ((socket: StoppableWebsocket) => void) | undefined
}

/** The settings, with what this socket overrides. */
export function senderOptions({
  settings,
  maxBufferedAmount = settings.maxBufferedAmount,
  slowConsumer = settings.slowConsumer,
}: SocketCoreOptions): SenderOptions {
  return maxBufferedAmount === settings.maxBufferedAmount && slowConsumer === settings.slowConsumer
    ? settings
    : { ...settings, maxBufferedAmount, slowConsumer }
}
