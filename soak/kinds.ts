import { readFileSync } from 'node:fs'
import { type WebSocketExtensionFactory, WebSocketExtensions } from 'antiphon'

/** How a connection is made. */
export interface Kind {
  readonly tls: boolean
  readonly deflate: boolean
}

/** All there are, in the order of their URLs. */
export const KINDS: readonly Kind[] = [
  { tls: false, deflate: false },
  { tls: true, deflate: false },
  { tls: false, deflate: true },
  { tls: true, deflate: true },
]

/** The parts of all connections, from 0 to 1, that go over TLS and that are compressed, each drawn by itself. */
export interface Shares {
  readonly tls: number
  readonly deflate: number
}

/** The index of a kind in `KINDS`. */
export function drawKind({ tls, deflate }: Shares, random: () => number = Math.random): number {
  const drawn: Kind = { tls: random() < tls, deflate: random() < deflate }
  return KINDS.findIndex((kind) => kind.tls === drawn.tls && kind.deflate === drawn.deflate)
}

/**
 * Every message, in windows that both sides keep: after one that is missing or out of order, none can be read. The
 * windows are small, since there are thousands of them.
 */
export const compression: WebSocketExtensionFactory = WebSocketExtensions.deflate({
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 10,
  clientMaxWindowBits: 10,
  memLevel: 3,
})

const pem = (name: string): string =>
  readFileSync(new URL(`../test/support/tls/${name}.pem`, import.meta.url), 'utf8')

/** For 127.0.0.1. */
export const certificate: { readonly cert: string; readonly key: string } = {
  cert: pem('server'),
  key: pem('server-key'),
}

/** Who answers for it. */
export const authority: string = pem('ca')
