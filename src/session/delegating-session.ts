import type { StandardSchemaV1 } from '../lens/standard-schema.ts'
import type { CloseReason } from '../protocol/close/close-reason.ts'
import type { CloseRecord } from '../protocol/close/close-record.ts'
import type { WebSocketExtension } from '../protocol/extension/extension.ts'
import type { Frame } from '../protocol/frame/frame.ts'
import type { ReceiveChannel, SendChannel } from './channel/channel.ts'
import type { DefaultWebSocketSession, WebSocketSession } from './session.ts'

/** A session over any session: to change a part of one, extend this. */
export class DelegatingWebSocketSession<out S extends WebSocketSession = WebSocketSession>
  implements WebSocketSession
{
  readonly delegate: S

  constructor(delegate: S) {
    this.delegate = delegate
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

  close(reason?: CloseReason | null): Promise<CloseRecord> {
    return this.delegate.close(reason)
  }

  terminate(): void {
    this.delegate.terminate()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/** The same for a default session. */
export class DelegatingDefaultWebSocketSession<
    out S extends DefaultWebSocketSession = DefaultWebSocketSession,
  >
  extends DelegatingWebSocketSession<S>
  implements DefaultWebSocketSession
{
  get pingInterval(): number | null {
    return this.delegate.pingInterval
  }

  set pingInterval(interval: number | null) {
    this.delegate.pingInterval = interval
  }

  get pongTimeout(): number {
    return this.delegate.pongTimeout
  }

  set pongTimeout(timeout: number) {
    this.delegate.pongTimeout = timeout
  }

  sendSerialized(value: unknown, session: WebSocketSession = this): Promise<void> {
    return this.delegate.sendSerialized(value, session)
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
    return this.delegate.receiveDeserialized(schema, session)
  }
}
