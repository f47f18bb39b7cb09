import type { HeldBytes } from '../protocol/bytes/held-bytes.ts'
import type { ExtensionChain } from '../protocol/connection/extension-chain.ts'
import type { WebSocketExtension } from '../protocol/extension/extension.ts'
import { encodeFrame } from '../protocol/frame/frame-header.ts'
import * as Opcode from '../protocol/frame/opcodes.ts'
import { firstOctet } from '../protocol/frame/outgoing-fragments.ts'

/**
 * Connections with the same key can be sent the same frames. `''` without extensions; `undefined` if what these do to a
 * message depends on more than the message.
 */
export function sharingKey(extensions: readonly WebSocketExtension[]): string | undefined {
  const [only] = extensions
  if (only === undefined) return ''
  return extensions.length > 1 || only.alike === undefined
    ? undefined
    : `${only.name} ${only.alike}`
}

/** What frames are made of: a `WsMessage`. */
interface Encodable {
  readonly mode: 'text' | 'binary'
  readonly held: HeldBytes | undefined
  readonly knownLength: number
  text(): string
  bytes(): Uint8Array<ArrayBuffer>
}

/** The encoded frames of a message, unmasked. Not part of `WsMessage`, since bundles for browsers write no frames. */
export class SharedFrames {
  readonly #message: Encodable
  #plain: Uint8Array<ArrayBuffer> | undefined
  #coded: Map<string, Uint8Array<ArrayBuffer>> | undefined

  constructor(message: Encodable) {
    this.#message = message
  }

  /** The frame for connections without extensions. Throws a `TypeError` for text made of bytes that are not UTF-8. */
  plain(): Uint8Array<ArrayBuffer> {
    this.#plain ??= encodeMessage(this.#message)
    return this.#plain
  }

  /** The frame for connections with this key, made by one of them; `undefined` if an extension of that one failed. */
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

export const sharedFrames = (message: Encodable): SharedFrames => new SharedFrames(message)

function encodeMessage(message: Encodable): Uint8Array<ArrayBuffer> {
  if (message.mode === 'binary') return encodeFrame(Opcode.BINARY, message.bytes())
  // Throws as the first sending does, which decodes it. Held bytes were checked when they came.
  if (message.held === undefined) message.text()
  return encodeFrame(Opcode.TEXT, message.bytes())
}
