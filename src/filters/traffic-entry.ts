import type { WsMode } from '../websocket/ws-message.ts'

/** One thing that happened on a recorded connection: plain values only, so that it is JSON as it stands. */
export type TrafficEntry = OpenEntry | MessageEntry | ErrorEntry | CloseEntry

/** As seen from this side: `'in'` from the peer, `'out'` to the peer. */
export type Direction = 'in' | 'out'

interface Recorded {
  /** The connections of one `record` are numbered from 1. */
  readonly connection: number
  /** Milliseconds since the connection opened. */
  readonly at: number
}

/** A connection that has opened. */
export interface OpenEntry extends Recorded {
  readonly kind: 'open'
  readonly method: string
  /** Secrets hidden, here and in the headers. */
  readonly url: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** The negotiated subprotocol, `''` for none. */
  readonly protocol: string
}

/** A message or, of a socket of frames, a frame; it has either `text` or `base64`. */
export interface MessageEntry extends Recorded {
  readonly kind: 'message'
  readonly direction: Direction
  readonly mode: WsMode
  /** The content of a text message. */
  readonly text?: string | undefined
  /** The content of anything else (RFC 4648, section 4): bytes, fragments, and text that is not UTF-8. */
  readonly base64?: string | undefined
  /** Of a fragment that is not the last one of its message. */
  readonly fin?: false | undefined
}

/** The consumer, or a listener, threw or rejected. */
export interface ErrorEntry extends Recorded {
  readonly kind: 'error'
  readonly name: string
  readonly message: string
}

/** The end of a connection. */
export interface CloseEntry extends Recorded {
  readonly kind: 'close'
  /** Who began; absent when the connection was lost, and where the runtime does not tell. */
  readonly direction?: Direction | undefined
  readonly code: number
  readonly reason: string
}
