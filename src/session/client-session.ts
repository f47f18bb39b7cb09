import type { CloseReason } from '../protocol/close-reason.ts'
import type { CloseRecord } from '../protocol/close-record.ts'
import type { WebSocketExtension } from '../protocol/extension.ts'
import type { Frame } from '../protocol/frame.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { SessionOptions } from './base-session.ts'
import type { ReceiveChannel, SendChannel } from './channel.ts'
import { type DefaultSessionOptions, DefaultWebSocketSessionImpl } from './default-session.ts'
import { RawWebSocket } from './raw-websocket.ts'
import type {
  ClientCall,
  ClientWebSocketSession,
  DefaultClientWebSocketSession,
  RawWebSocketSession,
  WebSocketSession,
} from './session.ts'

/** A client's socket that is open, and the head of the response that opened it. */
export interface OpenedSocket<out S extends Websocket = Websocket> {
  readonly socket: S
  readonly response: ClientCall['response']
}

export interface RawClientWebSocketSession extends RawWebSocketSession, ClientWebSocketSession {}

/** The default session of a client's socket. */
export function clientSession(
  opened: OpenedSocket,
  options?: DefaultSessionOptions,
): DefaultClientWebSocketSession {
  return new DefaultClientSession(opened, options)
}

/** The raw session of a client's socket. */
export function rawClientSession(
  opened: OpenedSocket<FrameSocket>,
  options?: SessionOptions,
): RawClientWebSocketSession {
  return new RawClientSession(opened, options)
}

class DefaultClientSession
  extends DefaultWebSocketSessionImpl
  implements DefaultClientWebSocketSession
{
  readonly call: ClientCall

  constructor(opened: OpenedSocket, options?: DefaultSessionOptions) {
    super(opened.socket, options)
    this.call = callOf(opened)
  }
}

class RawClientSession extends RawWebSocket implements RawClientWebSocketSession {
  readonly call: ClientCall

  constructor(opened: OpenedSocket<FrameSocket>, options?: SessionOptions) {
    super(opened.socket, options)
    this.call = callOf(opened)
  }
}

function callOf({ socket, response }: OpenedSocket): ClientCall {
  return { request: socket.upgradeRequest, response }
}

/** A client's session over any session and call: to change a part of one, extend this. */
export class DelegatingClientWebSocketSession implements ClientWebSocketSession {
  readonly delegate: WebSocketSession
  readonly call: ClientCall

  constructor(delegate: WebSocketSession, call: ClientCall) {
    this.delegate = delegate
    this.call = call
  }

  get incoming(): ReceiveChannel<Frame> {
    return this.delegate.incoming
  }

  get outgoing(): SendChannel<Frame> {
    return this.delegate.outgoing
  }

  get extensions(): readonly WebSocketExtension[] {
    return this.delegate.extensions
  }

  get closed(): Promise<CloseRecord> {
    return this.delegate.closed
  }

  get closeRecord(): CloseRecord | undefined {
    return this.delegate.closeRecord
  }

  get closeReason(): Promise<CloseReason> {
    return this.delegate.closeReason
  }

  get signal(): AbortSignal {
    return this.delegate.signal
  }

  get maxFrameSize(): number {
    return this.delegate.maxFrameSize
  }

  set maxFrameSize(bytes: number) {
    this.delegate.maxFrameSize = bytes
  }

  send(content: string | Uint8Array | Frame): Promise<void> {
    return this.delegate.send(content)
  }

  flush(): Promise<void> {
    return this.delegate.flush()
  }

  close(reason?: CloseReason): Promise<CloseRecord> {
    return this.delegate.close(reason)
  }

  terminate(): void {
    this.delegate.terminate()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
