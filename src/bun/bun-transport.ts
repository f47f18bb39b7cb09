import { CloseReason } from '../protocol/close/reason.ts'
import { CloseFrame } from '../protocol/frame/frame.ts'
import { CLOSE } from '../protocol/frame/frame-type.ts'
import {
  type ControlledSocket,
  MessageControls,
} from '../websocket/whole-messages/message-controls.ts'
import type { MessageCore } from '../websocket/whole-messages/message-core.ts'
import type { MessageTransport } from '../websocket/whole-messages/message-transport.ts'
import { type Pausable, PausedMessages } from '../websocket/whole-messages/paused-messages.ts'
import type { BunWebSocket } from './bun-runtime.ts'
import { refusal } from './refusal.ts'

/** A WebSocket of Bun's server. */
export class BunTransport implements MessageTransport, Pausable {
  /** Where events are reported; absent while the consumer is called. */
  core: MessageCore | undefined
  readonly #socket: BunWebSocket<unknown>
  readonly #compress: boolean
  #looks: (() => void)[] = []
  #closed = false

  constructor(socket: BunWebSocket<unknown>, compress: boolean) {
    this.#socket = socket
    this.#compress = compress
  }

  get open(): boolean {
    return this.#socket.readyState === 1
  }

  get bufferedAmount(): number {
    return this.#socket.getBufferedAmount()
  }

  send(content: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(content, this.#compress)
  }

  /**
   * Closes once all that was sent before has gone out: after its own `close`, Bun does not report whether it has, and a
   * stop would not wait for it.
   */
  close(reason: CloseReason): void {
    if (!this.open) return
    if (this.bufferedAmount > 0) {
      this.whenDrained(() => this.close(reason))
    } else {
      this.#closed = true
      this.#socket.close(reason.code, reason.message)
    }
  }

  terminate(): void {
    this.#socket.terminate()
  }

  whenDrained(look: () => void): void {
    this.#looks.push(look)
  }

  controls(socket: ControlledSocket): MessageControls {
    return new MessageControls(socket)
  }

  pausedMessages(): PausedMessages {
    return new PausedMessages(this)
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  ping(data: Uint8Array<ArrayBuffer>): void {
    this.#socket.ping(data)
  }

  /** Less waits than before, or the connection has ended. */
  drained(): void {
    const looks = this.#looks
    this.#looks = []
    for (const look of looks) look()
  }

  /**
   * Bun reports the end. After our own Close it does so at once, without waiting for the peer's. If it has refused what
   * the peer sent, it has closed with a code of the RFC, and reports only the text.
   */
  ended(code: number, text: string): void {
    // Not within the call of `close`, or of the consumer.
    queueMicrotask(() => {
      this.#tellEnd(code, text)
      this.drained()
    })
  }

  #tellEnd(code: number, text: string): void {
    const { core } = this
    const refused = code === 1006 ? refusal(text) : undefined
    if (core === undefined || this.#closed) {
      core?.endedAlone()
    } else if (refused !== undefined) {
      core.refused(refused.reason, refused)
    } else {
      const clean = code !== 1006
      if (clean) core.controls?.came(CLOSE, payloadOf(code, text))
      core.ended(code, text, clean)
    }
  }
}

/** The payload of the Close frame that the peer sent. */
function payloadOf(code: number, text: string): Uint8Array<ArrayBuffer> {
  return code === 1005 ? new Uint8Array() : new CloseFrame(new CloseReason(code, text)).data
}
