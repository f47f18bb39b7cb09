import type { WebSocketExtension } from '../protocol/extension.ts'
import type { ExtensionChain } from '../protocol/extension-chain.ts'
import { encodeFrame } from '../protocol/frame-header.ts'
import * as Opcode from '../protocol/opcodes.ts'
import { firstOctet } from '../protocol/outgoing-fragments.ts'
import type { WsMessage } from './ws-message.ts'

/**
 * Connections for which this is the same may be sent the same frames: `''` without extensions; `undefined` where what they
 * do to a message depends on more than the message.
 */
export function sharingKey(extensions: readonly WebSocketExtension[]): string | undefined {
  const [only] = extensions
  if (only === undefined) return ''
  return extensions.length > 1 || only.alike === undefined
    ? undefined
    : `${only.name} ${only.alike}`
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

  /** That of connections with this sharing key, made by one of them; `undefined` when an extension of that one failed. */
  coded(key: string, chain: ExtensionChain): Uint8Array<ArrayBuffer> | undefined {
    this.#coded ??= new Map()
    const kept = this.#coded.get(key)
    if (kept !== undefined) return kept
    const message = this.#message
    const content = message.mode === 'text' ? message.text() : (message.held ?? message.bytes())
    const frame = chain.outgoing(content, message.knownLength, (wire) =>
      encodeFrame(firstOctet(wire), wire.data),
    )
    if (frame !== undefined) this.#coded.set(key, frame)
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
