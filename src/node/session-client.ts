import {
  type OpenedSocket,
  type RawClientWebSocketSession,
  rawClientSession,
} from '../session/client-session.ts'
import { BaseSessionClient, type SessionClientOptions } from '../session/session-client.ts'
import {
  type BlockArguments,
  blockArguments,
  runBlock,
  type SessionBlock,
} from '../session/session-client-block.ts'
import type { ClientTarget, RequestOptions } from '../session/session-client-request.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'
import { openSocket, resolveOptions } from './connect.ts'
import type { ConnectOptions } from './connect-options.ts'

/** How a `SessionClient` connects, and what its sessions are like. */
export interface SessionClientConfig
  extends Omit<ConnectOptions, 'mode' | 'signal' | 'headers' | 'protocols' | 'maxFrameSize'>,
    SessionClientOptions {
  /**
   * In bytes, as a session has it: of a frame and, unless `maxMessageSize` says otherwise, of a whole message. Larger
   * ones close with 1009. Default: any frame, of messages up to 64 MiB.
   */
  readonly maxFrameSize?: number
}

/** A client of sessions. Any number may be open at once; closing the client, or disposing it, closes them. */
export class SessionClient extends BaseSessionClient<FrameSocket> {
  /** Throws a `TypeError` or a `RangeError` that names what is wrong with the configuration. */
  constructor(config: SessionClientConfig = {}) {
    const { maxMessageSize = config.maxFrameSize } = config
    const options = maxMessageSize === undefined ? config : { ...config, maxMessageSize }
    resolveOptions(options)
    super(
      ({ url, ...request }, mode, use) => openSocket(url, { ...options, ...request, mode }, use),
      config,
    )
  }

  /** As `webSocket`, with every frame and nothing answered; no extensions are offered. */
  webSocketRaw<T>(
    target: ClientTarget,
    block: SessionBlock<RawClientWebSocketSession, T>,
  ): Promise<T>
  webSocketRaw<T>(
    target: ClientTarget,
    request: RequestOptions,
    block: SessionBlock<RawClientWebSocketSession, T>,
  ): Promise<T>
  async webSocketRaw<T>(...given: BlockArguments<RawClientWebSocketSession, T>): Promise<T> {
    const { target, request, block } = blockArguments(given)
    return await runBlock(await this.webSocketRawSession(target, request), block)
  }

  /** As `webSocketSession`, with every frame and nothing answered; no extensions are offered. */
  async webSocketRawSession(
    target: ClientTarget,
    request: RequestOptions = {},
  ): Promise<RawClientWebSocketSession> {
    const sessionOf = (opened: OpenedSocket<FrameSocket>): RawClientWebSocketSession =>
      rawClientSession(opened, this.sessionOptions)
    return await this.connect(target, request, undefined, 'frames', sessionOf)
  }
}
