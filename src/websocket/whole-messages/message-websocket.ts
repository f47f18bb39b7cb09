import { NORMAL } from '../../protocol/close/reason.ts'
import type { UpgradeRequest } from '../request/upgrade-request.ts'
import { runConsumer } from '../socket/run-consumer.ts'
import type { MaybePromise } from '../support/maybe-promise.ts'
import type { Websocket } from '../websocket.ts'
import type { WsConsumer } from '../ws-handler.ts'
import type { WsLink } from '../ws-link.ts'
import type { WsMessage } from '../ws-message.ts'
import type { WsStatus } from '../ws-status.ts'
import { MessageCore } from './message-core.ts'
import { MessageLink } from './message-link.ts'
import type { MessageWebsocketOptions } from './message-options.ts'
import type { MessageTransport } from './message-transport.ts'

/** A server's socket over the runtime's own, which is open already and knows whole messages only. */
export class MessageWebsocket implements Websocket {
  readonly upgradeRequest: UpgradeRequest
  readonly protocol: string
  readonly #core: MessageCore
  #link: WsLink | undefined

  constructor(transport: MessageTransport, options: MessageWebsocketOptions) {
    this.upgradeRequest = options.upgradeRequest
    this.protocol = options.protocol
    this.#core = new MessageCore(this, transport, options)
  }

  /** For adapters, which report to it what happens. */
  get core(): MessageCore {
    return this.#core
  }

  get state(): 'open' | 'closing' | 'closed' {
    return this.#core.state
  }

  get bufferedAmount(): number {
    return this.#core.sender.bufferedAmount
  }

  get link(): WsLink {
    this.#link ??= this.#core.controls?.link() ?? new MessageLink(this.#core)
    return this.#link
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
    return this.#core.messages.listen(fn)
  }

  onError(fn: (error: Error) => unknown): () => void {
    return this.#core.events.onError(fn)
  }

  onClose(fn: (status: WsStatus) => unknown): () => void {
    return this.#core.events.onClose(fn)
  }

  /** Hands the socket to its consumer, and returns when that has settled; it never rejects. */
  open(consumer: WsConsumer): MaybePromise<void> {
    return runConsumer(consumer, this, this.#core)
  }
}
