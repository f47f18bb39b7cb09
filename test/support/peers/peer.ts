import { createHash } from 'node:crypto'
import type { MaybePromise } from '../../../src/websocket/support/maybe-promise.ts'

/** What a message holds. */
export type Content = string | Uint8Array

/** What a Close frame said: 1005 for nothing, 1006 when there was none. */
export interface Closing {
  readonly code: number
  readonly reason: string
}

/** A connection as a client of somebody else sees it. */
export interface PeerSocket {
  readonly protocol: string
  /** As in `Sec-WebSocket-Extensions`, `''` for none. */
  readonly extensions: string
  send(content: Content): MaybePromise<void>
  receive(): Promise<Content>
  close(code?: number, reason?: string): MaybePromise<void>
  readonly closed: Promise<Closing>
  /** One text message in several frames; absent where the client cannot. */
  sendFragments?(fragments: readonly string[]): MaybePromise<void>
  /** Resolves with what the Pong holds; absent where the client cannot. */
  ping?(payload: string): Promise<string>
}

/** A client of somebody else. It trusts the authority of the tests. */
export interface PeerClient {
  readonly name: string
  open(url: string, protocols?: readonly string[]): Promise<PeerSocket>
}

/** A server of somebody else. What it does goes by the path: see `useServerPeer`. */
export interface PeerServer {
  /** Without a slash at the end. */
  readonly url: string
  /** What the client closed with, connection by connection. */
  closing(): Promise<Closing>
  stop(): Promise<void>
}

/** A content in a form that can be compared and read whatever its size. */
export function digest(content: Content): string {
  if (typeof content === 'string' && content.length <= 64) return `text '${content}'`
  const kind = typeof content === 'string' ? 'text' : 'binary'
  return `${kind}, ${content.length} long, ${createHash('sha256').update(content).digest('hex')}`
}

const MIB = 1024 * 1024

/** What is sent to and fro everywhere. */
export const CONTENTS: readonly (readonly [name: string, content: Content])[] = [
  ['text', 'hello'],
  ['text beyond ASCII', 'wörld €😀 שלום \u0000'],
  ['an empty text', ''],
  ['bytes', Uint8Array.from({ length: 256 }, (_, octet) => octet)],
  ['no bytes', new Uint8Array(0)],
  ['126 bytes', new Uint8Array(126).fill(1)],
  ['65,536 bytes', new Uint8Array(65_536).fill(2)],
  ['1 MiB of bytes', patterned(MIB)],
  ['1 MiB of text', 'é'.repeat(MIB / 2)],
]

export const LARGE: readonly (readonly [name: string, content: Content])[] = [
  ['16 MiB of bytes', patterned(16 * MIB)],
  ['16 MiB of text', 'äöüß😀 ab'.repeat((16 * MIB) / 16 - 1)],
]

/** Bytes that compress a little, and no two blocks of which are equal. */
export function patterned(length: number): Uint8Array {
  const content = new Uint8Array(length)
  for (let i = 0, state = 1; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff
    content[i] = (state >> 16) & 0x7f
  }
  return content
}
