import { checkedBytes } from '../../protocol/bytes/content.ts'
import { utf8Length } from '../../protocol/bytes/utf8.ts'
import { TRY_AGAIN_LATER } from '../../protocol/close/reason.ts'
import type { Connection } from '../../protocol/connection/connection.ts'
import type { Frame } from '../../protocol/frame/frame.ts'
import * as Opcode from '../../protocol/frame/opcodes.ts'
import { OverflowException } from '../errors.ts'
import { sharedFrames, sharingKey } from '../shared-frames.ts'
import type { SlowConsumerPolicy } from '../slow-consumer.ts'
import { WsMessage } from '../ws-message.ts'
import { DrainWaiters } from './drain-waiters.ts'
import type { Transport } from './transport.ts'

export interface SenderOptions {
  readonly highWaterMark: number
  readonly maxBufferedAmount: number
  readonly slowConsumer: SlowConsumerPolicy
}

/** Sends over a connection, and bounds what waits for a slow peer. */
export class Sender {
  readonly #connection: Connection
  readonly #transport: Transport
  readonly #options: SenderOptions
  readonly #sharingKey: string | undefined
  #waiters: DrainWaiters | undefined
  /** The first fragment of this message was dropped, so the others are, too. */
  #dropping = false
  #ended = false
  /** False before the first message: what is buffered until then is the handshake's answer, which TLS holds for a while. */
  #began = false

  constructor(connection: Connection, transport: Transport, options: SenderOptions) {
    this.#connection = connection
    this.#transport = transport
    this.#options = options
    this.#sharingKey = sharingKey(connection.extensions)
  }

  get bufferedAmount(): number {
    return this.#transport.bufferedAmount
  }

  send(message: WsMessage | string | Uint8Array): boolean {
    const connection = this.#connection
    if (connection.state !== 'open') return false
    if (!this.#admits(message)) return false
    if (typeof message === 'string') connection.text(message, -1)
    else if (message instanceof WsMessage) this.#sendMessage(message)
    else connection.binary(message)
    return this.#sent()
  }

  sendFrame(frame: Frame): boolean {
    const { state } = this.#connection
    if (state === 'closed') return false
    if (frame.type !== 'close' && (state === 'closing' || !this.#admitsFrame(frame))) return false
    this.#connection.frame(frame)
    return this.#sent()
  }

  /** Resolves when at most `below` bytes wait, by default the high-water mark, and when nothing can be sent any more. */
  drained(below: number = this.#options.highWaterMark): Promise<void> {
    if (this.#ended || this.bufferedAmount <= below) return Promise.resolve()
    this.#waiters ??= new DrainWaiters()
    return this.#waiters.until(below)
  }

  /** Resolves when nothing waits any more. */
  flush(): Promise<void> {
    this.#transport.flush()
    return this.drained(0)
  }

  onDrain(): void {
    if (this.#connection.drained()) this.#transport.commit()
    this.#waiters?.settle(this.bufferedAmount)
  }

  /** Nothing will ever be sent again. */
  end(): void {
    this.#ended = true
    this.#waiters?.settle(0)
  }

  #sendMessage(message: WsMessage): void {
    const shared = this.#sharedFrame(message)
    if (shared !== undefined) this.#connection.encoded(shared)
    else if (message.mode === 'text') this.#sendText(message)
    else this.#connection.binary(message.held ?? message.bytes(), true)
  }

  #sendText(message: WsMessage): void {
    const connection = this.#connection
    const { held } = message
    if (held === undefined || connection.chain !== undefined) {
      connection.text(message.text(), message.knownLength)
    } else {
      connection.binary(held, true, Opcode.TEXT)
    }
  }

  #sharedFrame(message: WsMessage): Uint8Array<ArrayBuffer> | undefined {
    const key = this.#sharingKey
    const { chain, writer } = this.#connection
    // A socket of frames may begin to mask at any time.
    if (key === undefined || writer.masking) return undefined
    const frames = message.sharedFrames(sharedFrames)
    return chain === undefined ? frames?.plain() : frames?.coded(key, chain)
  }

  /** The policy `'drop'` drops whole messages: without one of its fragments, a message would be a different one. */
  #admitsFrame(frame: Frame): boolean {
    const drops = this.#options.slowConsumer === 'drop' && !frame.frameType.controlFrame
    if (drops && this.#connection.writer.fragmenting) return true
    const admitted = !(drops && this.#dropping) && this.#admits(frame.data)
    if (drops) this.#dropping = !admitted && !frame.fin
    return admitted
  }

  /** Whether `content` may wait behind what is waiting already. */
  #admits(content: WsMessage | string | Uint8Array): boolean {
    const buffered = this.bufferedAmount
    if (buffered === 0 || !this.#began) return true
    const { maxBufferedAmount, slowConsumer } = this.#options
    if (buffered + sizeAtMost(content) <= maxBufferedAmount || slowConsumer === 'wait') return true
    if (buffered + sizeOf(content) <= maxBufferedAmount) return true
    if (slowConsumer === 'close') {
      const message = `the peer reads too slowly: ${buffered} bytes wait, the limit is ${maxBufferedAmount}`
      this.#connection.fail(TRY_AGAIN_LATER, new OverflowException(message))
    }
    return false
  }

  #sent(): boolean {
    this.#began = true
    this.#transport.commit()
    return this.bufferedAmount <= this.#options.highWaterMark
  }
}

/** An upper bound, without measuring text: that would cost as much as sending it. */
function sizeAtMost(content: WsMessage | string | Uint8Array): number {
  if (typeof content === 'string') return content.length * 3
  if (!(content instanceof WsMessage)) return checkedBytes(content).length
  const { knownLength } = content
  return knownLength < 0 ? content.text().length * 3 : knownLength
}

function sizeOf(content: WsMessage | string | Uint8Array): number {
  return typeof content === 'string' ? utf8Length(content) : content.byteLength
}
