import type { FetchSettings } from '../serving/fetch-engine.ts'
import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import { isPromiseLike } from '../websocket/support/maybe-promise.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { MessageCore } from '../websocket/whole-messages/message-core.ts'
import { MessageWebsocket } from '../websocket/whole-messages/message-websocket.ts'
import type { WsMessage } from '../websocket/ws-message.ts'
import type { WsStatus } from '../websocket/ws-status.ts'
import { type Kept, keep, keptOf, keptRequest } from './attachment.ts'
import type { HibernatableHandlers, HibernatableSocket } from './hibernatable-socket.ts'
import type { WorkersWebSocket } from './workers-runtime.ts'
import { WorkersTransport } from './workers-transport.ts'

/** A hibernatable socket while its object is in memory: a socket whose listeners are the handlers of its kind. */
export class AwakeSocket implements HibernatableSocket<unknown> {
  readonly #native: WorkersWebSocket
  readonly #kept: Kept
  readonly #handlers: HibernatableHandlers<unknown>
  readonly #socket: MessageWebsocket
  readonly #working = new Set<PromiseLike<unknown>>()

  constructor(
    native: WorkersWebSocket,
    kept: Kept,
    handlers: HibernatableHandlers<unknown>,
    settings: FetchSettings,
  ) {
    this.#native = native
    this.#kept = kept
    this.#handlers = handlers
    this.#socket = new MessageWebsocket(new WorkersTransport(native, settings.clock), {
      upgradeRequest: keptRequest(kept),
      protocol: kept.protocol,
      settings,
      ...kept.limits,
      onGone() {},
    })
    this.#listen()
  }

  /** Where events are reported. */
  get core(): MessageCore {
    return this.#socket.core
  }

  get upgradeRequest(): UpgradeRequest {
    return this.#socket.upgradeRequest
  }

  get protocol(): string {
    return this.#socket.protocol
  }

  get state(): Websocket['state'] {
    return this.#socket.state
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount
  }

  get attachment(): unknown {
    return keptOf(this.#native)?.attachment
  }

  set attachment(attachment: unknown) {
    keep(this.#native, { ...this.#kept, attachment, over: this.state === 'closed' })
  }

  send(message: WsMessage | string | Uint8Array): boolean {
    return this.#socket.send(message)
  }

  drained(): Promise<void> {
    return this.#socket.drained()
  }

  close(status?: WsStatus): void {
    this.#socket.close(status)
  }

  /** Calls `open`, and resolves when it has settled. */
  async opened(): Promise<void> {
    this.#socket.open(() => this.#watch(this.#handlers.open?.(this)))
    await this.idle()
  }

  /** Resolves when the handlers that are at work now have settled. */
  async idle(): Promise<void> {
    // Once more for `error` and `close`, which may have followed. Not until there are none, since others may keep coming.
    for (let i = 0; i < 2 && this.#working.size > 0; i++) await Promise.allSettled(this.#working)
  }

  #listen(): void {
    const handlers = this.#handlers
    const socket = this.#socket
    if (handlers.message !== undefined) {
      socket.onMessage((message) => this.#watch(handlers.message?.(this, message)))
    }
    if (handlers.error !== undefined) {
      socket.onError((error) => this.#watch(handlers.error?.(this, error)))
    }
    socket.onClose((status) => {
      keep(this.#native, { ...this.#kept, attachment: this.attachment, over: true })
      return this.#watch(handlers.close?.(this, status))
    })
  }

  #watch(result: unknown): unknown {
    if (isPromiseLike(result)) {
      const done = (): unknown => this.#working.delete(result)
      this.#working.add(result)
      result.then(done, done)
    }
    return result
  }
}
