import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** A bare `node:http` server on a free port. */
export class BareServer implements AsyncDisposable {
  readonly http: Server
  /** Every connection that was made. */
  readonly sockets: Socket[] = []

  constructor(listener?: RequestListener) {
    this.http = createServer(listener)
    this.http.on('connection', (socket) => this.sockets.push(socket))
  }

  static async listen(listener?: RequestListener): Promise<BareServer> {
    const server = new BareServer(listener)
    server.http.listen(0, '127.0.0.1')
    await once(server.http, 'listening')
    return server
  }

  get port(): number {
    return (this.http.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    this.http.closeAllConnections()
    this.http.close()
    if (this.http.listening) await once(this.http, 'close')
  }
}
