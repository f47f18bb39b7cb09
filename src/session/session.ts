import type { StandardSchemaV1 } from '../lens/standard-schema.ts'
import type { CloseReason } from '../protocol/close/close-reason.ts'
import type { CloseRecord } from '../protocol/close/close-record.ts'
import type { WebSocketExtension } from '../protocol/extension/extension.ts'
import type { Frame } from '../protocol/frame/frame.ts'
import type { Params, UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import type { Server } from '../websocket/server.ts'
import type { ReceiveChannel, SendChannel } from './channel/channel.ts'

/** A connection as a pair of channels of frames. Disposing it is `close()`. */
export interface WebSocketSession extends AsyncDisposable {
  readonly incoming: ReceiveChannel<Frame>
  readonly outgoing: SendChannel<Frame>
  /** What was negotiated, in order. */
  readonly extensions: readonly WebSocketExtension[]
  /** Always resolves: with both sides' reasons, which of them began, whether it was clean, and the cause. */
  readonly closed: Promise<CloseRecord>
  /** The same, as soon as there is one. */
  readonly closeRecord: CloseRecord | undefined
  /** `closed`, reduced to the reason that counted. */
  readonly closeReason: Promise<CloseReason>
  /** Aborted when the session ends: pass it to the work you start. */
  readonly signal: AbortSignal
  /**
   * In bytes, of a frame and of a whole message; may be changed while the session is open. Throws a
   * `NotSupportedException` where the runtime has no such limit, and a `RangeError` when set to anything but a number
   * from 0 up.
   */
  maxFrameSize: number
  /**
   * Text, bytes or a frame. Resolves below the high-water mark; rejects when the session is closing or closed. If it is
   * not awaited, it raises no unhandled rejection.
   */
  send(content: string | Uint8Array | Frame): Promise<void>
  /** Resolves when everything sent has been handed to the transport. */
  flush(): Promise<void>
  /**
   * Sends Close after what waits to be sent, and resolves when the close handshake is done or has timed out. The first
   * reason wins; default 1000 and no text. Throws a `RangeError` for a code that cannot be sent.
   */
  close(reason?: CloseReason | null): Promise<CloseRecord>
  /** Drops the connection at once: the peer sees 1006, or an empty close, 1005, where the runtime cannot drop one. */
  terminate(): void
}

/** Whole messages; ping, pong, close handshake and extensions taken care of. */
export interface DefaultWebSocketSession extends WebSocketSession {
  /**
   * Milliseconds between Pings; 0 or `null` for none. Setting it restarts the timer, and throws a `RangeError` for
   * anything but a number from 0 up. Throws a `NotSupportedException` where the runtime has no ping timer.
   */
  pingInterval: number | null
  /** Milliseconds a Pong may take; then the session closes with 1011. Throws as `pingInterval` does. */
  pongTimeout: number
  /**
   * Sends a value as the `contentConverter` writes it, with the `send` of `session`, by default this one; a session that
   * delegates passes itself. Rejects with a `WebsocketConverterNotFoundException` when there is no converter.
   */
  sendSerialized(value: unknown, session?: WebSocketSession): Promise<void>
  /**
   * The next frame from the `incoming` of `session` as a value, checked against a schema if one is given. Rejects as
   * `incoming.receive` does, with a `WebsocketConverterNotFoundException` before a frame is taken, or with a
   * `WebsocketDeserializeException` that carries the frame.
   */
  receiveDeserialized<T>(
    schema: StandardSchemaV1<unknown, T>,
    session?: WebSocketSession,
  ): Promise<T>
  receiveDeserialized(schema?: StandardSchemaV1, session?: WebSocketSession): Promise<unknown>
}

/** Every frame, and nothing answered. */
export interface RawWebSocketSession extends WebSocketSession {
  /** Whether frames sent from now on are masked (RFC 6455, section 5.3). */
  masking: boolean
}

/** The request of a session on a server, and what was answered. */
export interface ServerCall<out P = Params> {
  readonly request: UpgradeRequest<P>
  /** Path parameters. */
  readonly parameters: P
  readonly response: { readonly status: 101; readonly headers: Headers }
}

/** A session on a server: `call` has the request, `application` is the server. */
export interface WebSocketServerSession<out P = Params> extends WebSocketSession {
  readonly call: ServerCall<P>
  /**
   * The server that this session belongs to. Throws a `NotSupportedException` where there is none: offline, or attached to
   * another server.
   */
  readonly application: Server
}

/** A default session on a server, as the handler of `webSocket` gets it. */
export interface DefaultWebSocketServerSession<out P = Params>
  extends DefaultWebSocketSession,
    WebSocketServerSession<P> {}

/** The request of a client's session, and the response that opened it. */
export interface ClientCall {
  readonly request: UpgradeRequest
  readonly response: { readonly status: number; readonly headers: Headers }
}

/** A session of a client: `call` has the request and the response. */
export interface ClientWebSocketSession extends WebSocketSession {
  readonly call: ClientCall
}

/** A default session of a client, as the `webSocket` of a `SessionClient` opens it. */
export interface DefaultClientWebSocketSession
  extends DefaultWebSocketSession,
    ClientWebSocketSession {}
