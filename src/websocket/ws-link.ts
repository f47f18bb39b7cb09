import type { CloseRecord } from '../protocol/close/close-record.ts'
import type { WebSocketExtension } from '../protocol/extension/extension.ts'
import type { Frame } from '../protocol/frame/frame.ts'
import type { Capability, EngineTraits } from './capability.ts'

/** In bytes. */
export interface SizeLimits {
  maxFrameSize: number
  maxMessageSize: number
}

/** In milliseconds; an interval of 0 for no pings. */
export interface PingTimes {
  readonly pingInterval: number
  readonly pongTimeout: number
}

/** What a connection can do beyond messages. A member that is absent is one that this runtime cannot offer. */
export interface WsLink {
  /** What made the socket, and what it lacks; absent while a socket is not open yet. */
  readonly engine?: EngineTraits
  /**
   * Stop reading from the transport, and start again. Once this side has closed, only the peer's Close is read while
   * paused: data before it is dropped, and so is what comes after a `resume`.
   */
  pause?(): void
  resume?(): void
  /** Send a Ping; nothing is sent once the socket is closing. Throws a `RangeError` for more than 125 bytes. */
  ping?(data?: Uint8Array): void
  /** Hear of Pongs that no ping timer was waiting for; returns a function that removes the listener. */
  onPong?(fn: (data: Uint8Array<ArrayBuffer>) => void): () => void
  /** Resolves when everything sent so far has been handed to the transport. */
  flush?(): Promise<void>
  /** Send one frame as it is, fragments and control frames too; `false` as for `send`. */
  sendFrame?(frame: Frame): boolean
  /** Hear of control frames after they have been handled; returns a function that removes the listener. */
  onControl?(fn: (frame: Frame) => void): () => void
  /**
   * May be changed while the connection is open. On an engine that lacks `frameLimits`, `maxFrameSize` is `Infinity`,
   * and setting it throws a `NotSupportedException`. Setting anything but a number from 0 up throws a `RangeError`.
   */
  readonly limits?: SizeLimits
  /**
   * May be replaced while the connection is open. Setting it throws a `RangeError` for a time that no timer can wait
   * for, and a `NotSupportedException` on an engine that lacks pings, or before the socket is open.
   */
  pings?: PingTimes
  /** How the connection ended; `undefined` until then. */
  readonly closeRecord?: CloseRecord | undefined
  /** What was negotiated, in order. */
  readonly extensions: readonly WebSocketExtension[]
}

/** The members of the link that a capability stands for. */
interface LinkMembers {
  readonly pause: 'pause' | 'resume'
  readonly ping: 'ping' | 'onPong'
  readonly pings: 'pings'
  readonly sendFrame: 'sendFrame'
  readonly onControl: 'onControl'
  readonly flush: 'flush'
  readonly limits: 'limits'
  readonly records: 'closeRecord'
}

/** The link of a socket that has these capabilities, by its type. */
export type CapableLink<C extends Capability> = WsLink &
  Required<Pick<WsLink, LinkMembers[C & keyof LinkMembers]>> & {
    readonly engine: EngineTraits<Exclude<Capability, C>>
  }
