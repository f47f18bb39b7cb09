import type { SlowConsumerPolicy } from '../slow-consumer.ts'
import type { Clock } from '../support/clock.ts'
import type { Websocket } from '../websocket.ts'

/** What all sockets of one server, or of one client, share. Sizes in bytes, times in milliseconds. */
export interface SocketSettings {
  readonly clock: Clock
  /** Above it `send` returns `false`, until it is drained. */
  readonly highWaterMark: number
  /** What may wait behind a slow reader, and what happens past it. */
  readonly maxBufferedAmount: number
  readonly slowConsumer: SlowConsumerPolicy
  /** What may wait for listeners before reading pauses. */
  readonly inboundMark: InboundMark
  /** How long the peer may take for its half of the close handshake. */
  readonly closeTimeout: number
  /** 0 for no pings. */
  readonly pingInterval: number
  readonly pongTimeout: number
  /** Called with errors that no `onError` listener took. Never throws: `socketSettings` sees to that. */
  readonly onError: (error: Error, socket: Websocket) => void
}

/** How much may wait to be handled before reading pauses. */
export interface InboundMark {
  readonly bytes: number
  readonly messages: number
}

export const HIGH_WATER_MARK = 65_536
export const MAX_BUFFERED_AMOUNT: number = 16 * 1024 * 1024
export const INBOUND_MARK: InboundMark = { bytes: 1024 * 1024, messages: 256 }
export const CLOSE_TIMEOUT = 10_000

/** The defaults that servers and clients share. */
export const SOCKET_DEFAULTS: Omit<SocketSettings, 'clock' | 'onError'> = {
  highWaterMark: HIGH_WATER_MARK,
  maxBufferedAmount: MAX_BUFFERED_AMOUNT,
  slowConsumer: 'close',
  inboundMark: INBOUND_MARK,
  closeTimeout: CLOSE_TIMEOUT,
  pingInterval: 0,
  pongTimeout: 15_000,
}
