import { isUint8Array } from '../protocol/bytes/content.ts'
import type { CloseReason } from '../protocol/close/close-reason.ts'
import type { CloseRecord } from '../protocol/close/close-record.ts'
import { NORMAL } from '../protocol/close/reason.ts'
import type { WebSocketExtension } from '../protocol/extension/extension.ts'
import type { Frame } from '../protocol/frame/frame.ts'
import { lacking } from '../websocket/capable.ts'
import { amount } from '../websocket/support/option-checks.ts'
import type { SizeLimits } from '../websocket/ws-link.ts'
import { WsMessage } from '../websocket/ws-message.ts'
import type { ReceiveChannel, SendChannel } from './channel/channel.ts'
import type { WebSocketSession } from './session.ts'
import type { SessionCore } from './session-core.ts'
import { endError } from './session-end.ts'

/** What the default and the raw session have in common. */
export abstract class BaseSession implements WebSocketSession {
  readonly #core: SessionCore
  #closed: Promise<CloseRecord> | undefined
  #abort: AbortController | undefined

  constructor(core: SessionCore) {
    this.#core = core
  }

  get incoming(): ReceiveChannel<Frame> {
    return this.#core.incoming
  }

  get outgoing(): SendChannel<Frame> {
    return this.#core.outgoing
  }

  get extensions(): readonly WebSocketExtension[] {
    return this.#core.socket.link.extensions
  }

  get closed(): Promise<CloseRecord> {
    this.#closed ??= new Promise((resolve) => this.#core.onEnd(resolve))
    return this.#closed
  }

  get closeRecord(): CloseRecord | undefined {
    return this.#core.record
  }

  get closeReason(): Promise<CloseReason> {
    return this.closed.then((record) => record.reason)
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      const abort = new AbortController()
      this.#abort = abort
      this.#core.onEnd((record) => abort.abort(endError(record)))
    }
    return this.#abort.signal
  }

  get maxFrameSize(): number {
    const { maxFrameSize, maxMessageSize } = this.#limits
    return Math.min(maxFrameSize, maxMessageSize)
  }

  set maxFrameSize(bytes: number) {
    const limits = this.#limits
    const limit = amount('maxFrameSize', bytes)
    const { engine } = this.#core.socket.link
    if (engine?.lacks.includes('frameLimits') !== true) limits.maxFrameSize = limit
    limits.maxMessageSize = limit
  }

  send(content: string | Uint8Array | Frame): Promise<void> {
    const isMessage = typeof content === 'string' || isUint8Array(content)
    return this.#core.outgoing.send(isMessage ? WsMessage.of(content) : content)
  }

  flush(): Promise<void> {
    return this.#core.outgoing.flush()
  }

  close(reason?: CloseReason | null): Promise<CloseRecord> {
    this.#core.close(reason ?? NORMAL)
    return this.closed
  }

  terminate(): void {
    this.#core.socket.terminate()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  get #limits(): SizeLimits {
    const { socket } = this.#core
    if (socket.link.limits !== undefined) return socket.link.limits
    throw lacking(socket, 'has no limits that a session could see or change')
  }
}
