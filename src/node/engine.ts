import { createServer, type Server as HttpServer, type ServerOptions } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TlsOptions } from 'node:tls'
import { toNodeHandler } from 'srvx/node'
import type { HttpHandler, PolyHandler } from '../routing/poly-handler.ts'
import { upgradeRequired } from '../routing/responses.ts'
import type { Engine } from '../serving/engine.ts'
import type { WebSockets } from '../serving/web-sockets.ts'
import { asError } from '../websocket/errors.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'
import { type Server, type StopOptions, serverKey } from '../websocket/server.ts'
import { WebSocketUpgrade } from '../websocket/websocket-upgrade.ts'
import { DRAIN, type SocketSet } from './socket-set.ts'
import { upgrader } from './upgrader.ts'

export interface NodeOptions {
  /** Default 0: any free one. */
  readonly port?: number
  /** Default `127.0.0.1`: say `0.0.0.0` or `::` to be reached from elsewhere. */
  readonly hostname?: string
  /** Certificate, key and what else `node:tls` takes: then it is `https:` and `wss:`. */
  readonly tls?: TlsOptions
  /** Milliseconds for a request's head; then 408. Default 10,000. */
  readonly handshakeTimeout?: number
  /** Bytes of a request's head; more is answered with 431. Default 16,384. */
  readonly maxHeaderSize?: number
  readonly webSockets?: WebSockets
}

/** The engine for Node: HTTP and WebSockets on one port. */
export function node(options: NodeOptions = {}): Engine<FrameSocket> {
  return { name: 'node', start: (app) => start(app, options) }
}

async function start(app: PolyHandler<FrameSocket>, options: NodeOptions): Promise<Server> {
  const { hostname = '127.0.0.1', webSockets = {} } = options
  const { handleUpgrade, sockets } = upgrader(
    withServer(app, () => server),
    webSockets,
  )
  const http = httpServer(options)
  http.on('request', toNodeHandler(fetchHandler(app.http, webSockets)))
  http.on('upgrade', handleUpgrade)
  await listen(http, options.port ?? 0, hostname)
  const { port } = http.address() as AddressInfo
  const scheme = options.tls === undefined ? 'http' : 'https'
  const host = hostname.includes(':') ? `[${hostname}]` : hostname
  let stopped: Promise<void> | undefined
  const stop = (stopOptions: StopOptions = {}): Promise<void> =>
    (stopped ??= stopServer(http, sockets, stopOptions))
  const server: Server = {
    port,
    url: `${scheme}://${host}:${port}`,
    stop,
    [Symbol.asyncDispose]: () => stop(),
  }
  return server
}

/** Sessions have their server for their `application`. */
function withServer(app: PolyHandler<FrameSocket>, server: () => Server): PolyHandler<FrameSocket> {
  const { ws } = app
  return ws === undefined ? app : { ...app, ws: (request) => ws(request.with(serverKey, server())) }
}

function httpServer(options: NodeOptions): HttpServer {
  const { handshakeTimeout = 10_000, maxHeaderSize = 16_384, tls } = options
  const settings: ServerOptions = {
    maxHeaderSize,
    headersTimeout: handshakeTimeout,
    // How exact the time above is.
    connectionsCheckingInterval: Math.min(1_000, Math.max(50, handshakeTimeout / 2)),
  }
  return tls === undefined ? createServer(settings) : createTlsServer({ ...settings, ...tls })
}

function fetchHandler(
  http: HttpHandler<FrameSocket> | undefined,
  webSockets: WebSockets,
): (request: Request) => Promise<Response> {
  return async (request) => {
    try {
      const answer = http === undefined ? upgradeRequired() : await http(request)
      return answer instanceof WebSocketUpgrade ? upgradeRequired() : answer
    } catch (thrown) {
      const error = asError(thrown)
      if (webSockets.onError !== undefined) webSockets.onError(error, undefined)
      else console.error('antiphon: an HTTP handler failed', error)
      return new Response('the handler failed\n', { status: 500 })
    }
  }
}

function listen(http: HttpServer, port: number, hostname: string): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', reject)
    http.listen(port, hostname, () => {
      http.off('error', reject)
      resolve()
    })
  })
}

async function stopServer(
  http: HttpServer,
  sockets: SocketSet,
  options: StopOptions,
): Promise<void> {
  const closed = new Promise<void>((resolve) => http.close(() => resolve()))
  http.closeIdleConnections()
  const deadline = setTimeout(() => http.closeAllConnections(), options.drain ?? DRAIN)
  await sockets.stop(options)
  await closed
  clearTimeout(deadline)
}
