import type { FrameSocket } from '../websocket/frame-socket.ts'
import {
  type OpenedSocket,
  type RawClientWebSocketSession,
  rawClientSession,
} from './client-session.ts'
import { BaseSessionClient } from './session-client.ts'
import {
  type BlockArguments,
  blockArguments,
  runBlock,
  type SessionBlock,
} from './session-client-block.ts'
import type { ClientTarget, RequestOptions } from './session-client-request.ts'

/** A client of sessions where sockets may have frames. */
export abstract class FrameSessionClient extends BaseSessionClient<FrameSocket> {
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
