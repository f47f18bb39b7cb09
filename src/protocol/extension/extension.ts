import type { ZlibPort } from '../bytes/zlib-port.ts'
import { type CloseReason, truncatedReason } from '../close/reason.ts'
import type { Frame } from '../frame/frame.ts'
import type { ExtensionHeader } from '../headers/extension-header.ts'

/**
 * An extension of RFC 6455, section 9, as negotiated for one connection. It sees whole messages: on the way out in
 * the order of negotiation, on the way in in reverse. To fail the connection it throws an `ExtensionFailure`.
 */
export interface WebSocketExtension<out Config = unknown> {
  /** Its token in `Sec-WebSocket-Extensions`. */
  readonly name: string
  readonly config: Config
  /**
   * Promises that it keeps neither a frame that it is given nor the frame's data. If it is the only extension, that data
   * is then lent until it returns instead of being copied, and so is `scratch`: 64 KiB, where it may put its result.
   */
  readonly borrows?: boolean | undefined
  /**
   * Extensions with the same name and the same value here make the same frame of an outgoing message, so that it is made
   * only once for all of them. Absent if the extension keeps anything from one message to the next.
   */
  readonly alike?: string | undefined
  /** What to send in place of this message; of the reserved bits, it sets those that it claims. */
  processOutgoingFrame(frame: Frame, scratch?: Uint8Array<ArrayBuffer>): Frame
  /** What to deliver in place of this message; of the reserved bits of its first frame, it clears those that it claims. */
  processIncomingFrame(frame: Frame, scratch?: Uint8Array<ArrayBuffer>): Frame
  /** Lets go of what it holds; called once when the connection has ended. What it throws changes nothing of that end. */
  close?(): void
}

/** The reserved bits an extension claims; two that claim one bit cannot be configured together. */
export interface ReservedBits {
  readonly rsv1: boolean
  readonly rsv2: boolean
  readonly rsv3: boolean
}

/** What an extension may know of the connection it is made for. */
export interface ExtensionContext {
  readonly role: 'server' | 'client'
  /** The connection's own, in bytes; it may change while the connection is open. */
  readonly limits: { readonly maxMessageSize: number }
  /** Absent where the runtime has no synchronous zlib. */
  readonly zlib: ZlibPort | undefined
}

/** Configured once, it makes an extension for every connection that negotiates it. */
export interface WebSocketExtensionFactory<out Config = unknown> {
  readonly name: string
  readonly config: Config
  readonly reserved: ReservedBits
  /** A client's offers, the preferred one first; none when the runtime cannot do it. */
  offers(context: ExtensionContext): readonly ExtensionHeader[]
  /** A client's end, made from the server's answer; a string says why the answer is not acceptable. */
  accepted(answer: ExtensionHeader, context: ExtensionContext): WebSocketExtension<Config> | string
  /** A server's end, made from the first acceptable of the offers that bear its name; `undefined` declines. */
  negotiate(
    offers: readonly ExtensionHeader[],
    context: ExtensionContext,
  ):
    | { readonly answer: ExtensionHeader; readonly extension: WebSocketExtension<Config> }
    | undefined
}

/** Thrown by an extension: the connection closes with `code`. */
export class ExtensionFailure extends Error {
  override readonly name = 'ExtensionFailure'
  readonly code: number
  /** For 1009: how large a message had become when it was too big, in bytes. */
  readonly size: number | undefined

  constructor(
    code: number,
    message: string,
    options: ErrorOptions & { readonly size?: number | undefined } = {},
  ) {
    super(message, options)
    this.code = code
    this.size = options.size
  }
}

/** What a connection closes with when an extension threw this. */
export function failureReason(thrown: unknown): CloseReason {
  return thrown instanceof ExtensionFailure
    ? truncatedReason(thrown.code, thrown.message)
    : truncatedReason(1011, 'Extension failed')
}
