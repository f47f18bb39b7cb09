import { copyBytes } from '../../protocol/bytes/bytes.ts'
import { checkedBytes } from '../../protocol/bytes/content.ts'
import { utf8Length } from '../../protocol/bytes/utf8.ts'
import { WsMessage } from '../ws-message.ts'
import type { MessageWebsocketOptions } from './message-options.ts'
import type { MessageTransport } from './message-transport.ts'

/** What a sender asks of its socket. */
export interface SenderOwner {
  readonly state: 'open' | 'closing' | 'closed'
  /** The peer reads too slowly. */
  overflow(why: string): void
}

/** Sends whole messages, and bounds what waits for a slow peer. */
export class MessageSender {
  readonly #owner: SenderOwner
  readonly #transport: MessageTransport
  readonly #options: MessageWebsocketOptions

  constructor(owner: SenderOwner, transport: MessageTransport, options: MessageWebsocketOptions) {
    this.#owner = owner
    this.#transport = transport
    this.#options = options
  }

  get bufferedAmount(): number {
    return this.#transport.bufferedAmount
  }

  send(message: WsMessage | string | Uint8Array): boolean {
    if (this.#owner.state !== 'open') return false
    const content = contentOf(message)
    const waiting = this.bufferedAmount
    if (waiting > 0 && !this.#admits(waiting, content)) return false
    this.#transport.send(content)
    return this.bufferedAmount <= this.#options.settings.highWaterMark
  }

  /** Resolves when at most `below` bytes wait, by default the high-water mark, and when nothing can be sent any more. */
  drained(below: number = this.#options.settings.highWaterMark): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.#owner.state === 'closed' || this.bufferedAmount <= below) resolve()
        else this.#transport.whenDrained(look)
      }
      look()
    })
  }

  /** Whether `content` may wait behind the bytes that wait already. */
  #admits(waiting: number, content: string | Uint8Array): boolean {
    const { maxBufferedAmount, slowConsumer } = this.#options
    const room = maxBufferedAmount - waiting
    // A unit of text takes at most three bytes: short texts need not be measured.
    if (slowConsumer === 'wait' || content.length * 3 <= room) return true
    if ((typeof content === 'string' ? utf8Length(content) : content.length) <= room) return true
    if (slowConsumer === 'close') {
      this.#owner.overflow(
        `the peer reads too slowly: ${waiting} bytes wait, the limit is ${maxBufferedAmount}`,
      )
    }
    return false
  }
}

function contentOf(message: WsMessage | string | Uint8Array): string | Uint8Array<ArrayBuffer> {
  if (message instanceof WsMessage) {
    return message.mode === 'text' ? message.text() : message.bytes()
  }
  if (typeof message === 'string') return message
  // Not every runtime takes a view of shared memory.
  const bytes = checkedBytes(message)
  const shared = !(bytes.buffer instanceof ArrayBuffer)
  return shared ? copyBytes(bytes) : (bytes as Uint8Array<ArrayBuffer>)
}
