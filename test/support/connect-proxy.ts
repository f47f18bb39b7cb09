import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TlsOptions } from 'node:tls'

/** An HTTP proxy that opens tunnels, and nothing else. */
export interface ConnectProxy extends AsyncDisposable {
  /** Such as `http://127.0.0.1:3128`. */
  readonly url: string
  /** The requests for tunnels, in order. */
  readonly asked: readonly IncomingMessage[]
  /** The connections that asked, and are open. */
  readonly tunnels: ReadonlySet<Duplex>
}

export interface ConnectProxyOptions {
  readonly tls?: TlsOptions
  /** What it answers in place of a tunnel: the head, without its last empty line. */
  readonly refusal?: string
  /** What it answers before it opens a tunnel. */
  readonly interim?: string
  /** Never answers. */
  readonly silent?: boolean
}

export async function connectProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const { tls, refusal, interim = '', silent = false } = options
  const asked: IncomingMessage[] = []
  const tunnels = new Set<Duplex>()
  const none: RequestListener = (_, response) => response.writeHead(405).end()
  const server: Server = tls === undefined ? createServer(none) : createTlsServer(tls, none)
  const sockets = new Set<Socket>()
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    asked.push(request)
    tunnels.add(client)
    client.on('end', () => client.destroy())
    client.on('close', () => tunnels.delete(client))
    if (silent) {
      client.resume()
      return
    }
    if (refusal !== undefined) {
      client.end(`${refusal}\r\n\r\n`)
      return
    }
    client.write(interim)
    // Every name is this machine's.
    const upstream = connect(Number(new URL(`http://${request.url}`).port), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\nVia: 1.1 test\r\n\r\n')
      upstream.write(head)
      upstream.pipe(client).pipe(upstream)
    })
    client.on('close', () => upstream.destroy())
    upstream.on('error', () => client.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`,
    asked,
    tunnels,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
