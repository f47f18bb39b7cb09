import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { DeflateTerms } from '../suite/case.ts'
import { Codec } from './codec.ts'
import { answerTo } from './deflate-terms.ts'
import { acceptOf, type Head, readHead } from './http.ts'
import { TcpWire } from './tcp-wire.ts'

/** A server that takes one connection at a time, of a client under test. */
export class RawServer {
  readonly #server: Server
  #take: ((socket: Socket) => void) | undefined

  private constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket: Socket) => {
      if (this.#take === undefined) socket.destroy()
      else this.#take(socket)
      this.#take = undefined
    })
  }

  static async listen(): Promise<RawServer> {
    const server = createServer({ allowHalfOpen: true, noDelay: true })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new RawServer(server)
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  /** The next connection, and the head of its request. */
  async next(): Promise<{ readonly socket: Socket; readonly head: Head }> {
    const socket = await new Promise<Socket>((resolve) => {
      this.#take = resolve
    })
    const head = await readHead(socket)
    if (head === undefined) throw new Error('the client under test sent no request')
    return { socket, head }
  }

  /** The next connection, opened. Rejects when no offer of the client allows the terms. */
  async nextWire(terms: readonly DeflateTerms[] | undefined): Promise<TcpWire> {
    const { socket, head } = await this.next()
    const offers = head.fields.get('sec-websocket-extensions')
    const chosen = terms === undefined ? undefined : answerTo(offers, terms)
    if (terms !== undefined && chosen === undefined) {
      socket.destroy()
      throw new Error(`the client under test offered ${offers ?? 'no extension'}`)
    }
    socket.write(
      [
        'HTTP/1.1 101 Switching Protocols',
        'Upgrade: websocket',
        'Connection: Upgrade',
        `Sec-WebSocket-Accept: ${acceptOf(head.fields.get('sec-websocket-key') ?? '')}`,
        ...(chosen === undefined ? [] : [`Sec-WebSocket-Extensions: ${chosen.answer}`]),
        '\r\n',
      ].join('\r\n'),
    )
    return new TcpWire(socket, 'server', chosen && new Codec(chosen.agreement), head.rest)
  }

  close(): void {
    this.#server.close()
  }
}
