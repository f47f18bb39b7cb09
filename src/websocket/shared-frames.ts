import { encodeFrame } from '../protocol/frame-header.ts'
import { Opcode } from '../protocol/opcode.ts'
import type { WsMessage } from './ws-message.ts'

/** Makes a frame of a message with what extensions do to it; `undefined` when they failed. */
export interface MessageEncoder {
  encode(message: WsMessage): Uint8Array<ArrayBuffer> | undefined
}

/** The whole frames of a message, unmasked. Apart from `WsMessage`, since bundles for browsers write no frames. */
export class SharedFrames {
  readonly #message: WsMessage
  #plain: Uint8Array<ArrayBuffer> | undefined
  #coded: Map<string, Uint8Array<ArrayBuffer>> | undefined

  constructor(message: WsMessage) {
    this.#message = message
  }

  /** That of connections without extensions. Throws a `TypeError` for text made of bytes that are not UTF-8. */
  plain(): Uint8Array<ArrayBuffer> {
    this.#plain ??= encodeMessage(this.#message)
    return this.#plain
  }

  /** That of connections whose extensions are alike: see `Connection`. */
  coded(alike: string, encoder: MessageEncoder): Uint8Array<ArrayBuffer> | undefined {
    this.#coded ??= new Map()
    const kept = this.#coded.get(alike)
    if (kept !== undefined) return kept
    const frame = encoder.encode(this.#message)
    if (frame !== undefined) this.#coded.set(alike, frame)
    return frame
  }
}

export const sharedFrames = (message: WsMessage): SharedFrames => new SharedFrames(message)

function encodeMessage(message: WsMessage): Uint8Array<ArrayBuffer> {
  if (message.mode === 'binary') return encodeFrame(Opcode.BINARY, message.bytes())
  // As the first sending does, which decodes it; what is held was valid when it came.
  if (message.held === undefined) message.text()
  return encodeFrame(Opcode.TEXT, message.bytes())
}
