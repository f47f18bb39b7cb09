import { checkedBytes, checkedContent } from '../bytes/content.ts'
import type { HeldBytes } from '../bytes/held-bytes.ts'
import { decodeUtf8, encodeUtf8, utf8Length } from '../bytes/utf8.ts'
import { decodeCloseReason, encodeCloseReason } from '../close/close-payload.ts'
import { CloseReason } from '../close/reason.ts'
import { MAX_CONTROL_PAYLOAD } from './frame-header.ts'
import { BINARY, CLOSE, type FrameType, PING, PONG, TEXT } from './frame-type.ts'

/** Without fields and a constructor of its own: V8 is slow to construct what extends a class that has some. */
abstract class BaseFrame {
  abstract readonly frameType: FrameType
  /** The payload, unmasked. It belongs to the frame: do not change it. */
  abstract readonly data: Uint8Array<ArrayBuffer>
  /** Last (or only) fragment of its message. */
  abstract readonly fin: boolean
  abstract readonly rsv1: boolean
  abstract readonly rsv2: boolean
  abstract readonly rsv3: boolean

  /** The size of the payload in bytes. */
  get byteLength(): number {
    return this.data.length
  }

  /** A copy of the payload; of a fragment, only this fragment's. */
  readBytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.data)
  }

  /** The same as `readBytes`. */
  copy(): Uint8Array<ArrayBuffer> {
    return this.readBytes()
  }

  toString(): string {
    return `Frame ${this.frameType.name} (fin=${this.fin}, buffer len = ${this.byteLength})`
  }
}

/** Text in UTF-8, or a fragment of one: a fragment's boundary may split a character. */
export class TextFrame extends BaseFrame {
  readonly type = 'text' as const
  readonly fin: boolean
  readonly rsv1: boolean
  readonly rsv2: boolean
  readonly rsv3: boolean
  /** What it was made of. Ask `readText` or `data` instead: it is public so that test runners can tell frames apart. */
  readonly content: string | Uint8Array<ArrayBuffer>
  #text: string | undefined
  #data: Uint8Array<ArrayBuffer> | undefined
  #byteLength = -1
  #made: unknown

  constructor(
    data: string | Uint8Array<ArrayBuffer>,
    fin = true,
    rsv1 = false,
    rsv2 = false,
    rsv3 = false,
  ) {
    super()
    this.fin = fin
    this.rsv1 = rsv1
    this.rsv2 = rsv2
    this.rsv3 = rsv3
    this.content = typeof data === 'string' ? data : checkedBytes(data)
  }

  /** A whole message as it was decoded, with its length in UTF-8. */
  static received(text: string, byteLength: number): TextFrame {
    const frame = new TextFrame(text)
    frame.#byteLength = byteLength
    return frame
  }

  get frameType(): FrameType {
    return TEXT
  }

  /** A cache for the code that sends this frame: what it made of the frame, in case it is sent again. */
  get made(): unknown {
    return this.#made
  }

  set made(made: unknown) {
    this.#made = made
  }

  /** `byteLength` if it is known without measuring, else -1. */
  get knownLength(): number {
    return this.#byteLength
  }

  override get byteLength(): number {
    const { content } = this
    if (typeof content !== 'string') return content.length
    if (this.#byteLength < 0) this.#byteLength = utf8Length(content)
    return this.#byteLength
  }

  /** Encoded on first use: text that is only passed on never is. */
  get data(): Uint8Array<ArrayBuffer> {
    const { content } = this
    if (typeof content !== 'string') return content
    this.#data ??= encodeUtf8(content)
    return this.#data
  }

  /** The text. Throws a `TypeError` for a fragment, and for bytes that are not UTF-8. */
  readText(): string {
    if (!this.fin) {
      throw new TypeError('a fragment cannot be read as text: join them first')
    }
    const { content } = this
    if (typeof content === 'string') return content
    this.#text ??= decodeUtf8(content)
    return this.#text
  }
}

/** Bytes, or a fragment of them. */
export class BinaryFrame extends BaseFrame {
  readonly type = 'binary' as const
  readonly fin: boolean
  readonly rsv1: boolean
  readonly rsv2: boolean
  readonly rsv3: boolean
  /** What it was made of. Ask `data` instead: it is public so that test runners can tell frames apart. */
  readonly content: Uint8Array<ArrayBuffer> | HeldBytes
  #data: Uint8Array<ArrayBuffer> | undefined
  #made: unknown

  constructor(
    data: Uint8Array<ArrayBuffer> | HeldBytes,
    fin = true,
    rsv1 = false,
    rsv2 = false,
    rsv3 = false,
  ) {
    super()
    this.fin = fin
    this.rsv1 = rsv1
    this.rsv2 = rsv2
    this.rsv3 = rsv3
    this.content = checkedContent(data)
  }

  get frameType(): FrameType {
    return BINARY
  }

  /** As that of `TextFrame`. */
  get made(): unknown {
    return this.#made
  }

  set made(made: unknown) {
    this.#made = made
  }

  /** The bytes in the form they are held in, unless somebody has asked for `data`. */
  get held(): HeldBytes | undefined {
    const { content } = this
    return this.#data === undefined && !(content instanceof Uint8Array) ? content : undefined
  }

  override get byteLength(): number {
    return this.content.length
  }

  get data(): Uint8Array<ArrayBuffer> {
    const { content } = this
    if (content instanceof Uint8Array) return content
    this.#data ??= content.bytes()
    return this.#data
  }
}

abstract class ControlFrame extends BaseFrame {
  readonly fin = true
  readonly rsv1 = false
  readonly rsv2 = false
  readonly rsv3 = false
  readonly data: Uint8Array<ArrayBuffer>

  constructor(data: Uint8Array<ArrayBuffer> = new Uint8Array()) {
    super()
    this.data = checkedBytes(data)
    if (data.length > MAX_CONTROL_PAYLOAD) {
      throw new RangeError('control frames cannot carry more than 125 bytes')
    }
  }
}

/** The first step, or the answer, of the close handshake (RFC 6455, section 5.5.1). */
export class CloseFrame extends ControlFrame {
  readonly type = 'close' as const

  get frameType(): FrameType {
    return CLOSE
  }

  /** From a reason, from a raw payload, or, with no argument, empty. */
  constructor(content?: CloseReason | Uint8Array<ArrayBuffer>) {
    super(content instanceof CloseReason ? encodeCloseReason(content) : content)
  }

  /** The reason; `undefined` when the payload holds none. Text that is not UTF-8 is read with U+FFFD, cut to 123 bytes. */
  readReason(): CloseReason | undefined {
    return decodeCloseReason(this.data)
  }
}

/** A Ping (RFC 6455, section 5.5.2): at most 125 bytes. */
export class PingFrame extends ControlFrame {
  readonly type = 'ping' as const

  get frameType(): FrameType {
    return PING
  }
}

/** A Pong (RFC 6455, section 5.5.3): at most 125 bytes. */
export class PongFrame extends ControlFrame {
  readonly type = 'pong' as const

  get frameType(): FrameType {
    return PONG
  }
}

/** One frame of RFC 6455, section 5.2, received or to be sent; told apart by `type`. */
export type Frame = TextFrame | BinaryFrame | CloseFrame | PingFrame | PongFrame

export const Frame: {
  readonly Text: typeof TextFrame
  readonly Binary: typeof BinaryFrame
  readonly Close: typeof CloseFrame
  readonly Ping: typeof PingFrame
  readonly Pong: typeof PongFrame
  /** A frame of this type; control frames ignore `fin` and the reserved bits. */
  byType(
    fin: boolean,
    frameType: FrameType,
    data: Uint8Array<ArrayBuffer>,
    rsv1?: boolean,
    rsv2?: boolean,
    rsv3?: boolean,
  ): Frame
} = {
  Text: TextFrame,
  Binary: BinaryFrame,
  Close: CloseFrame,
  Ping: PingFrame,
  Pong: PongFrame,
  byType: (fin, { name }, data, ...reserved) => new BY_NAME[name](data, fin, ...reserved),
}

/** The constructors of control frames ignore all but the data. */
const BY_NAME: Readonly<Record<FrameType['name'], new (...args: ByType) => Frame>> = {
  TEXT: TextFrame,
  BINARY: BinaryFrame,
  CLOSE: CloseFrame,
  PING: PingFrame,
  PONG: PongFrame,
}

type ByType = [data: Uint8Array<ArrayBuffer>, fin: boolean, ...reserved: (boolean | undefined)[]]

/** A frame as it was on the wire, `reserved` with the bits 0x40, 0x20 and 0x10 of its first octet. */
export function frameOf(
  fin: boolean,
  { name }: FrameType,
  reserved: number,
  payload: Uint8Array<ArrayBuffer>,
): Frame {
  const rsv1 = (reserved & 0x40) !== 0
  const rsv2 = (reserved & 0x20) !== 0
  const rsv3 = (reserved & 0x10) !== 0
  return new BY_NAME[name](payload, fin, rsv1, rsv2, rsv3)
}

/** The text of a text frame; see `TextFrame.readText`. */
export function readText(frame: TextFrame): string {
  return frame.readText()
}

/** A copy of a frame's payload. */
export function readBytes(frame: Frame): Uint8Array<ArrayBuffer> {
  return frame.readBytes()
}

/** The reason in a Close frame, `undefined` when it holds none. */
export function readReason(frame: CloseFrame): CloseReason | undefined {
  return frame.readReason()
}
