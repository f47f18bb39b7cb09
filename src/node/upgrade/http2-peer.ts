import type { Http2ServerRequest } from 'node:http2'
import type { RequestPeer } from '../../websocket/request/upgrade-request.ts'

/** Who sent a request over HTTP/2. What sockets may ask later is read at once: Node tells it only until the stream ends. */
export class Http2Peer implements RequestPeer {
  readonly remoteAddress: string | undefined
  readonly encrypted: boolean
  /** The socket of the connection, while there is one. */
  readonly socket: unknown

  constructor({ socket, stream }: Http2ServerRequest) {
    this.remoteAddress = socket.remoteAddress
    this.encrypted = stream.session?.encrypted === true
    this.socket = socket
  }
}
