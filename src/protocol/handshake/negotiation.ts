import { quote } from '../errors/quote.ts'
import type {
  ExtensionContext,
  WebSocketExtension,
  WebSocketExtensionFactory,
} from '../extension/extension.ts'
import type { ExtensionHeader } from '../headers/extension-header.ts'

/** What a server agreed to, both in the order of negotiation. */
export interface Negotiation {
  readonly answer: readonly ExtensionHeader[]
  readonly extensions: readonly WebSocketExtension[]
}

/**
 * Throws a `TypeError` that names both when two factories share a name or claim one reserved bit, and for anything but
 * a list of factories.
 */
export function checkExtensionConflicts(factories: readonly WebSocketExtensionFactory[]): void {
  // Not every caller is type-checked, and the call in `perMessageDeflate()` is easily forgotten.
  if (!Array.isArray(factories) || factories.some((each) => typeof each?.offers !== 'function')) {
    throw new TypeError(
      'the option extensions needs a list of extensions, such as [WebSocketExtensions.perMessageDeflate()]',
    )
  }
  for (const [index, factory] of factories.entries()) {
    for (const earlier of factories.slice(0, index)) {
      const shared = conflict(earlier, factory)
      if (shared === undefined) continue
      throw new TypeError(
        `the extensions ${quote(earlier.name)} and ${quote(factory.name)} cannot be configured together: both claim ${shared}`,
      )
    }
  }
}

/**
 * A server's choice: every factory, in the order configured, sees the offers that bear its name. One whose name or
 * reserved bit is taken by then is not asked (RFC 6455, section 9.1). Throws what a factory throws, and then nothing that
 * was made stays open.
 */
export function negotiateExtensions(
  offers: readonly ExtensionHeader[],
  factories: readonly WebSocketExtensionFactory[],
  context: ExtensionContext,
): Negotiation {
  const taken: WebSocketExtensionFactory[] = []
  const answer: ExtensionHeader[] = []
  const extensions: WebSocketExtension[] = []
  try {
    for (const factory of factories) {
      const own = offers.filter((offer) => offer.name === factory.name)
      if (own.length === 0 || isTaken(factory, taken)) continue
      const agreed = factory.negotiate(own, context)
      if (agreed === undefined) continue
      taken.push(factory)
      answer.push(agreed.answer)
      extensions.push(agreed.extension)
    }
  } catch (thrown) {
    closeAll(extensions)
    throw thrown
  }
  return { answer, extensions }
}

/**
 * A client's end of each extension the server chose, in the server's order; a string says why the answer is not
 * acceptable: the client must then fail the connection (RFC 6455, section 9.1). Throws what a factory throws. In both
 * cases, nothing that was made stays open.
 */
export function acceptExtensions(
  answers: readonly ExtensionHeader[],
  factories: readonly WebSocketExtensionFactory[],
  context: ExtensionContext,
): readonly WebSocketExtension[] | string {
  const taken: WebSocketExtensionFactory[] = []
  const extensions: WebSocketExtension[] = []
  try {
    for (const answer of answers) {
      const accepted = accept(answer, factories, taken, context)
      if (typeof accepted === 'string') {
        closeAll(extensions)
        return accepted
      }
      extensions.push(accepted)
    }
  } catch (thrown) {
    closeAll(extensions)
    throw thrown
  }
  return extensions
}

function closeAll(extensions: readonly WebSocketExtension[]): void {
  for (const extension of extensions) extension.close?.()
}

function accept(
  answer: ExtensionHeader,
  factories: readonly WebSocketExtensionFactory[],
  taken: WebSocketExtensionFactory[],
  context: ExtensionContext,
): WebSocketExtension | string {
  const name = quote(answer.name)
  const factory = factories.find((candidate) => candidate.name === answer.name)
  if (factory === undefined) return `the server chose the extension ${name}, which was not offered`
  if (isTaken(factory, taken)) {
    return `the server chose the extension ${name}, whose name or reserved bit another one has taken`
  }
  taken.push(factory)
  return factory.accepted(answer, context)
}

function isTaken(
  factory: WebSocketExtensionFactory,
  taken: readonly WebSocketExtensionFactory[],
): boolean {
  return taken.some((other) => conflict(other, factory) !== undefined)
}

/** What both claim. */
function conflict(a: WebSocketExtensionFactory, b: WebSocketExtensionFactory): string | undefined {
  if (a.name === b.name) return 'that name'
  if (a.reserved.rsv1 && b.reserved.rsv1) return 'the reserved bit RSV1'
  if (a.reserved.rsv2 && b.reserved.rsv2) return 'the reserved bit RSV2'
  if (a.reserved.rsv3 && b.reserved.rsv3) return 'the reserved bit RSV3'
  return undefined
}
