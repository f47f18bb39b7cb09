import { checkContent, checkedBytes } from '../protocol/bytes/content.ts'
import type { HeldBytes } from '../protocol/bytes/held-bytes.ts'
import { decodeUtf8, encodeUtf8, utf8Length } from '../protocol/bytes/utf8.ts'
import type { SharedFrames } from './shared-frames.ts'

/** The two kinds of messages (RFC 6455, section 5.6). */
export type WsMode = 'text' | 'binary'

/** Makes `SharedFrames`. Passed in by engines that write frames, so that the bundles of others need not contain them. */
type FramesMaker = (message: WsMessage) => SharedFrames

/** Immutable. Holds text or bytes, converts when asked, and keeps its encoded frame once it has been sent twice. */
export class WsMessage {
  readonly mode: WsMode
  /** What it was made of. Ask `text` or `bytes` instead: it is public so that test runners can tell messages apart. */
  readonly content: string | Uint8Array<ArrayBuffer> | HeldBytes
  /** The content as text or bytes, where it was not made of that. */
  #text: string | undefined
  #bytes: Uint8Array<ArrayBuffer> | undefined
  #byteLength: number
  /** Its encoded frames; `undefined` after the first sending, `null` before it. */
  #frames: SharedFrames | null | undefined = null

  private constructor(mode: WsMode, content: WsMessage['content'], byteLength: number) {
    this.mode = mode
    this.content = content
    this.#byteLength = byteLength
  }

  /** Throws a `TypeError` for anything but a string. */
  static text(value: string): WsMessage {
    checkContent(typeof value === 'string')
    return new WsMessage('text', value, -1)
  }

  /** Takes a copy of `value`. Throws a `TypeError` for anything but a `Uint8Array`. */
  static binary(value: Uint8Array): WsMessage {
    return WsMessage.received(new Uint8Array(checkedBytes(value)))
  }

  static of(value: string | Uint8Array): WsMessage {
    return typeof value === 'string' ? WsMessage.text(value) : WsMessage.binary(value)
  }

  /**
   * For engines: a message from what they decoded, bytes not copied. `byteLength` is the length of text in UTF-8, which
   * need then not be measured when it is sent on; -1 for unknown.
   */
  static received(value: string | Uint8Array, byteLength = -1): WsMessage {
    return typeof value === 'string'
      ? new WsMessage('text', value, byteLength)
      : // Engines read into memory of their own, which is never shared with other threads.
        new WsMessage('binary', value as Uint8Array<ArrayBuffer>, value.length)
  }

  /** For engines: a message whose bytes (of text, in UTF-8) are held in another form until somebody asks for them. */
  static holding(held: HeldBytes, mode: WsMode = 'binary'): WsMessage {
    return new WsMessage(mode, held, held.length)
  }

  /** The text, decoded from UTF-8 if need be. Throws a `TypeError` when binary content is not UTF-8. */
  text(): string {
    if (typeof this.content === 'string') return this.content
    this.#text ??= this.held?.text?.() ?? decodeUtf8(this.bytes())
    return this.#text
  }

  /** The bytes, encoded as UTF-8 if need be. They belong to the message: do not change or transfer them. */
  bytes(): Uint8Array<ArrayBuffer> {
    const { content } = this
    if (content instanceof Uint8Array) return content
    this.#bytes ??= typeof content === 'string' ? encodeUtf8(content) : content.bytes()
    return this.#bytes
  }

  /** The text parsed as JSON. Throws a `SyntaxError` when it is not. */
  json(): unknown {
    return JSON.parse(this.text())
  }

  /** For engines: the bytes as they are held, while nobody has asked for them. */
  get held(): HeldBytes | undefined {
    const { content } = this
    const held = typeof content !== 'string' && !(content instanceof Uint8Array)
    return held && this.#bytes === undefined ? content : undefined
  }

  /** For engines: `byteLength` if it is known without measuring, else -1. */
  get knownLength(): number {
    return this.#byteLength
  }

  /** The size of the content in bytes. */
  get byteLength(): number {
    if (this.#byteLength < 0) this.#byteLength = this.#bytes?.length ?? utf8Length(this.text())
    return this.#byteLength
  }

  /**
   * A copy with another body; its mode follows from the body unless given. Throws a `RangeError` for an unknown mode.
   */
  body(value: string | Uint8Array, mode?: WsMode): WsMessage {
    const message = WsMessage.of(value)
    const asked = mode ?? message.mode
    if (!['text', 'binary'].includes(asked)) {
      throw new RangeError(`the mode is ${asked}, not text or binary`)
    }
    return new WsMessage(asked, message.content, message.#byteLength)
  }

  /** Applies `modifiers` from left to right. */
  with(...modifiers: readonly ((message: WsMessage) => WsMessage)[]): WsMessage {
    return modifiers.reduce<WsMessage>((message, modify) => modify(message), this)
  }

  /** For engines: its frames, to be written to many peers. `undefined` at the first sending, since most are sent only once. */
  sharedFrames(make: FramesMaker): SharedFrames | undefined {
    if (this.#frames === null) this.#frames = undefined
    else this.#frames ??= make(this)
    return this.#frames
  }
}
