import type { Duplex, Readable } from 'node:stream'
import type { ConnectStage } from '../../websocket/errors.ts'
import type { ResponseHead } from './response-facts.ts'

/** The server's answer to a handshake, and the stream if it took it. */
export interface Answer extends ResponseHead {
  /** Destroying it ends the connection, or the stream of HTTP/2, even if the server took the handshake. */
  readonly body: Readable
  /** Absent when the server refused. */
  readonly upgraded?: { readonly stream: Duplex; readonly head: Uint8Array } | undefined
}

/** How far the opening has got. */
export interface Progress {
  stage: ConnectStage
}
