import type { StandardSchemaV1 } from '../lens/standard-schema.ts'
import { lacking } from '../websocket/capable.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { PingTimes } from '../websocket/ws-link.ts'
import { BaseSession } from './base-session.ts'
import { isClose } from './channel/message-frames.ts'
import { MessageWire } from './channel/message-wire.ts'
import { handled } from './channel/refused.ts'
import type { WebsocketContentConverter } from './content-converter.ts'
import { receiveDeserialized, sendSerialized } from './serialization.ts'
import type { DefaultWebSocketSession, WebSocketSession } from './session.ts'
import { SessionCore } from './session-core.ts'
import type { SessionOptions } from './session-options.ts'

/** Options of a default session. */
export interface DefaultSessionOptions extends SessionOptions {
  /** Milliseconds between Pings, in place of the engine's; 0 or `null` for none. */
  readonly pingInterval?: number | null | undefined
  /** Milliseconds a Pong may take, in place of the engine's. */
  readonly pongTimeout?: number | undefined
  /** For `sendSerialized` and `receiveDeserialized`. */
  readonly contentConverter?: WebsocketContentConverter | undefined
  /** Copies of Close, Ping and Pong frames in `incoming`, after they have been handled. Default false. */
  readonly controlFrames?: boolean | undefined
  /**
   * Messages in fragments, as their bytes arrive, for `streamedMessages`: a message larger than memory can be received.
   * Fragments may be cut anywhere, whatever the peer's were; only the last one has `fin`. On a socket that was accepted
   * with `mode: 'fragments'`, which a route does by itself. Default false.
   */
  readonly fragments?: boolean | undefined
}

/** The default session on a socket, whatever filters are around it; `websocketOver(raw)` makes a socket of a raw session. */
export class DefaultWebSocketSessionImpl extends BaseSession implements DefaultWebSocketSession {
  readonly #socket: Websocket
  readonly #converter: WebsocketContentConverter | undefined

  /** Throws a `RangeError` for invalid options, and a `NotSupportedException` for those that the runtime lacks. */
  constructor(socket: Websocket, options: DefaultSessionOptions = {}) {
    const core = new SessionCore(socket, new MessageWire(socket), options)
    super(core)
    this.#socket = socket
    this.#converter = options.contentConverter
    if (options.pingInterval !== undefined) this.pingInterval = options.pingInterval
    if (options.pongTimeout !== undefined) this.pongTimeout = options.pongTimeout
    if (options.controlFrames === true) {
      const { link } = socket
      if (link.onControl === undefined) {
        throw lacking(socket, 'does not tell of control frames: leave out the option controlFrames')
      }
      link.onControl((frame) => {
        if (isClose(frame)) core.deliverLast(frame)
        else core.deliver(frame)
      })
    }
    if (options.fragments === true) {
      // Every socket of an engine that has frames is one of these.
      const { frames } = socket as Partial<FrameSocket>
      if (frames === undefined) throw lacking(socket, 'has no frames: leave out fragments')
      core.incoming.fragments = true
      frames.onFrame((frame) => core.deliver(frame))
      return
    }
    socket.onMessage((message) => {
      // Text that cannot be decoded fails here, and not later where it is received.
      if (message.mode === 'text') message.text()
      core.deliver(message)
    })
  }

  get pingInterval(): number {
    return this.#pings.pingInterval
  }

  set pingInterval(interval: number | null) {
    this.#socket.link.pings = { ...this.#pings, pingInterval: interval ?? 0 }
  }

  get pongTimeout(): number {
    return this.#pings.pongTimeout
  }

  set pongTimeout(pongTimeout: number) {
    this.#socket.link.pings = { ...this.#pings, pongTimeout }
  }

  sendSerialized(value: unknown, session: WebSocketSession = this): Promise<void> {
    return sendSerialized(session, this.#converter, value, this.#socket)
  }

  receiveDeserialized<T>(
    schema: StandardSchemaV1<unknown, T>,
    session?: WebSocketSession,
  ): Promise<T>
  receiveDeserialized(schema?: StandardSchemaV1, session?: WebSocketSession): Promise<unknown>
  receiveDeserialized(
    schema?: StandardSchemaV1,
    session: WebSocketSession = this,
  ): Promise<unknown> {
    return handled(receiveDeserialized(session, this.#converter, schema, this.#socket))
  }

  get #pings(): PingTimes {
    const { pings } = this.#socket.link
    if (pings !== undefined) return pings
    throw lacking(this.#socket, 'has no ping timer')
  }
}
