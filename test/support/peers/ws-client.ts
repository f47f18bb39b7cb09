import WebSocket from 'ws'
import { Queue } from '../queue.ts'
import { ca } from '../tls.ts'
import type { Closing, Content, PeerClient, PeerSocket } from './peer.ts'

/** The client of `ws`, with its own defaults: it offers permessage-deflate. */
export const wsClient: PeerClient = {
  name: 'ws',
  open: (url, protocols = []) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(url, [...protocols], { ca })
      const peer = new WsSocket(socket)
      socket.once('open', () => resolve(peer))
      socket.once('error', reject)
    }),
}

class WsSocket implements PeerSocket {
  readonly closed: Promise<Closing>
  readonly #socket: WebSocket
  readonly #received = new Queue<Content>()

  constructor(socket: WebSocket) {
    this.#socket = socket
    // One piece of memory for each message: `nodebuffer`, the default.
    socket.on('message', (data: Buffer, isBinary) =>
      this.#received.push(isBinary ? Uint8Array.from(data) : data.toString()),
    )
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        this.#received.fail(new Error(`closed with ${code}`))
        resolve({ code, reason: reason.toString() })
      })
    })
  }

  get protocol(): string {
    return this.#socket.protocol
  }

  get extensions(): string {
    return this.#socket.extensions
  }

  send(content: Content): void {
    this.#socket.send(content)
  }

  receive(): Promise<Content> {
    return this.#received.next()
  }

  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason)
  }

  sendFragments(fragments: readonly string[]): void {
    fragments.forEach((fragment, i) => {
      this.#socket.send(fragment, { fin: i === fragments.length - 1 })
    })
  }

  ping(payload: string): Promise<string> {
    this.#socket.ping(payload)
    return new Promise((resolve) => this.#socket.once('pong', (data) => resolve(data.toString())))
  }
}
