import type {
  ExtensionContext,
  WebSocketExtension,
  WebSocketExtensionFactory,
} from '../../protocol/extension/extension.ts'
import { reservedBits } from '../../protocol/extension/reserved-bits.ts'
import { type ClientHandshake, verifyUpgrade } from '../../protocol/handshake/client-handshake.ts'
import { acceptExtensions } from '../../protocol/handshake/negotiation.ts'

/** What a client and its server agreed on, as the client sees it. */
export interface Agreement {
  /** The subprotocol, `''` for none. */
  readonly protocol: string
  readonly extensions: readonly WebSocketExtension[]
  /** The reserved bits that the extensions claim, of 0x70. */
  readonly reserved: number
}

/**
 * Checks a server's answer against the handshake, over HTTP/1.1 with `verifyUpgrade`, and makes the extensions; a string
 * says what is wrong with it.
 */
export function agreementOf(
  answer: { readonly status: number; readonly headers: Headers },
  handshake: ClientHandshake,
  factories: readonly WebSocketExtensionFactory[],
  context: ExtensionContext,
  verify: typeof verifyUpgrade = verifyUpgrade,
): Agreement | string {
  const { status, headers } = answer
  const verified = verify({ status, header: (name) => headers.get(name) }, handshake)
  if (!verified.ok) return verified.message
  const extensions = acceptExtensions(verified.extensions, factories, context)
  if (typeof extensions === 'string') return extensions
  return {
    protocol: verified.protocol,
    extensions,
    reserved: reservedBits(factories, extensions),
  }
}
