import { NORMAL } from '../../protocol/close/reason.ts'
import type { Frame } from '../../protocol/frame/frame.ts'
import { NotSupportedException } from '../errors.ts'
import type { FrameChannel, FrameSocket } from '../frame-socket.ts'
import type { UpgradeRequest } from '../request/upgrade-request.ts'
import type { SocketMode } from '../socket-mode.ts'
import type { MaybePromise } from '../support/maybe-promise.ts'
import type { WsConsumer } from '../ws-handler.ts'
import type { WsMessage } from '../ws-message.ts'
import type { WsStatus } from '../ws-status.ts'
import { FragmentCore, type FragmentCoreOptions } from './fragment-core.ts'
import { ProtocolLink } from './protocol-link.ts'
import { runConsumer } from './run-consumer.ts'
import { SocketCore } from './socket-core.ts'
import type { SocketCoreOptions } from './socket-core-options.ts'
import type { StoppableWebsocket } from './stoppable-websocket.ts'
import type { Transport, TransportHandler } from './transport.ts'

export type ProtocolWebsocketOptions = (SocketCoreOptions | FragmentCoreOptions) & {
  readonly upgradeRequest: UpgradeRequest
  /** The negotiated subprotocol, `''` for none. */
  readonly protocol: string
}

/** A socket over the connection machine and a transport: the one implementation that servers, clients and tests share. */
export class ProtocolWebsocket implements FrameSocket, StoppableWebsocket {
  readonly upgradeRequest: UpgradeRequest
  readonly protocol: string
  readonly #core: SocketCore
  readonly #mode: SocketMode
  #link: ProtocolLink | undefined
  #frames: FrameChannel | undefined

  constructor(transport: Transport, options: ProtocolWebsocketOptions) {
    this.upgradeRequest = options.upgradeRequest
    this.protocol = options.protocol
    this.#mode = options.mode ?? 'messages'
    this.#core =
      options.mode === 'fragments'
        ? new FragmentCore(this, transport, options)
        : new SocketCore(this, transport, options)
  }

  /** For transports: where bytes go. */
  get handler(): TransportHandler {
    return this.#core
  }

  get state(): 'open' | 'closing' | 'closed' {
    return this.#core.connection.state
  }

  get bufferedAmount(): number {
    return this.#core.sender.bufferedAmount
  }

  get link(): ProtocolLink {
    this.#link ??= new ProtocolLink(this.#core)
    return this.#link
  }

  get frames(): FrameChannel {
    if (this.#mode === 'messages') {
      throw new NotSupportedException(
        "this socket was accepted for messages: accept(consumer, { mode: 'frames' }) or { mode: 'fragments' } gives one with frames",
      )
    }
    this.#frames ??= new ProtocolFrameChannel(this.#core)
    return this.#frames
  }

  send(message: WsMessage | string | Uint8Array): boolean {
    return this.#core.sender.send(message)
  }

  drained(): Promise<void> {
    return this.#core.sender.drained()
  }

  close(status: WsStatus = NORMAL): void {
    this.#core.close(status)
  }

  terminate(): void {
    this.#core.terminate()
  }

  onMessage(fn: (message: WsMessage) => unknown): () => void {
    if (this.#mode !== 'messages') {
      throw new NotSupportedException(
        `this socket was accepted in the mode '${this.#mode}': listen with frames.onFrame`,
      )
    }
    return this.#core.messages.listen(fn)
  }

  onError(fn: (error: Error) => unknown): () => void {
    return this.#core.events.onError(fn)
  }

  onClose(fn: (status: WsStatus) => unknown): () => void {
    return this.#core.events.onClose(fn)
  }

  shutDown(status: WsStatus, closeTimeout: number): void {
    this.#core.close(status, closeTimeout)
  }

  /** Hands the socket to its consumer, and returns when that has settled; it never rejects. */
  open(consumer: WsConsumer<FrameSocket>): MaybePromise<void> {
    return runConsumer(consumer, this, this.#core)
  }
}

class ProtocolFrameChannel implements FrameChannel {
  readonly #core: SocketCore

  constructor(core: SocketCore) {
    this.#core = core
  }

  get masking(): boolean {
    return this.#core.connection.writer.masking
  }

  set masking(masking: boolean) {
    this.#core.connection.writer.masking = masking
  }

  onFrame(fn: (frame: Frame) => unknown): () => void {
    return this.#core.frames.listen(fn)
  }

  send(frame: Frame): boolean {
    return this.#core.sendFrame(frame)
  }
}
