import type { WebSocketExtensionFactory } from '../protocol/extension.ts'
import { checkExtensionConflicts } from '../protocol/handshake/negotiation.ts'
import { type ConnectionLimits, SERVER_LIMITS } from '../protocol/limits.ts'
import type { ProtocolPorts } from '../protocol/ports.ts'
import { type Clock, systemClock } from '../websocket/clock.ts'
import {
  type InboundMark,
  type SlowConsumerPolicy,
  SOCKET_DEFAULTS,
  type SocketSettings,
} from '../websocket/socket-settings.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { OriginPolicy } from '../websocket/ws-handler.ts'

/** The configuration of a server's WebSockets. Sizes in bytes, times in milliseconds. */
export interface WebSockets {
  /** A whole message, after inflating; inclusive. A larger one closes with 1009. Default 1 MiB. */
  readonly maxMessageSize?: number
  /** One frame's payload; a larger one closes with 1009 before it is read. Default: as `maxMessageSize`. */
  readonly maxFrameSize?: number
  /** Fragments of one message without a byte; more close with 1008. Default 16,384. */
  readonly maxEmptyFragments?: number
  /** Pongs waiting behind a slow reader; past it only the newest is kept. Default 64. */
  readonly maxPendingPongs?: number
  /** What may wait behind a slow reader. Default 16 MiB. */
  readonly maxBufferedAmount?: number
  /** What happens past `maxBufferedAmount`. Default `'close'`, with 1013. */
  readonly slowConsumer?: SlowConsumerPolicy
  /** Above it `send` answers `false` and a session's `send` waits. Default 64 KiB. */
  readonly highWaterMark?: number
  /** What may wait for listeners before reading pauses. Default 1 MiB or 256 messages. */
  readonly inboundMark?: Partial<InboundMark>
  /** How long the peer may take to finish the close handshake. Default 10,000. */
  readonly closeTimeout?: number
  /** A Ping after each such time; `null` or 0 for none, the default. 30,000 is a good value. */
  readonly pingInterval?: number | null
  /** How long a Pong may take; then the connection closes with 1011. Default 15,000. */
  readonly pongTimeout?: number
  /** Which pages may connect. Default `'same'`. */
  readonly origin?: OriginPolicy
  /** Offered to clients, the preferred one first. Default none. */
  readonly extensions?: readonly WebSocketExtensionFactory[]
  readonly clock?: Clock
  /** Hears of faults that no `onError` listener took. Default: `console.error`. */
  readonly onError?: (error: Error, socket: Websocket | undefined) => void
}

/** A configuration with every default filled in. */
export interface ServerSettings extends SocketSettings {
  readonly limits: Readonly<ConnectionLimits>
  readonly origin: OriginPolicy
  readonly extensions: readonly WebSocketExtensionFactory[]
  readonly onError: (error: Error, socket: Websocket | undefined) => void
}

/** Fills in the defaults. Throws a `RangeError` for a value that cannot be, and a `TypeError` for extensions that conflict. */
export function serverSettings(options: WebSockets, ports: ProtocolPorts): ServerSettings {
  const extensions = options.extensions ?? []
  checkExtensionConflicts(extensions)
  const maxMessageSize = size(options, 'maxMessageSize', SERVER_LIMITS.maxMessageSize)
  return {
    ports,
    clock: options.clock ?? systemClock,
    limits: {
      maxMessageSize,
      maxFrameSize: size(options, 'maxFrameSize', maxMessageSize),
      maxEmptyFragments: size(options, 'maxEmptyFragments', SERVER_LIMITS.maxEmptyFragments),
      maxPendingPongs: size(options, 'maxPendingPongs', SERVER_LIMITS.maxPendingPongs),
    },
    highWaterMark: size(options, 'highWaterMark', SOCKET_DEFAULTS.highWaterMark),
    maxBufferedAmount: size(options, 'maxBufferedAmount', SOCKET_DEFAULTS.maxBufferedAmount),
    slowConsumer: options.slowConsumer ?? SOCKET_DEFAULTS.slowConsumer,
    inboundMark: { ...SOCKET_DEFAULTS.inboundMark, ...options.inboundMark },
    closeTimeout: size(options, 'closeTimeout', SOCKET_DEFAULTS.closeTimeout),
    pingInterval: size(options, 'pingInterval', SOCKET_DEFAULTS.pingInterval),
    pongTimeout: size(options, 'pongTimeout', SOCKET_DEFAULTS.pongTimeout),
    origin: options.origin ?? 'same',
    extensions,
    onError: options.onError ?? logged,
  }
}

type NumericOption = {
  [K in keyof WebSockets]-?: WebSockets[K] extends number | null | undefined ? K : never
}[keyof WebSockets]

function size(options: WebSockets, name: NumericOption, fallback: number): number {
  const value = options[name] ?? (name === 'pingInterval' ? 0 : fallback)
  if (typeof value === 'number' && value >= 0 && !Number.isNaN(value)) return value
  throw new RangeError(`the option ${name} is ${String(value)}: it must be a number from 0 up`)
}

function logged(error: Error): void {
  console.error('antiphon: a handler or listener failed', error)
}
