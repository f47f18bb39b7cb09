import type { PolyHandler } from '../routing/poly-handler.ts'
import { type Engine, polyOf, serve } from '../serving/engine.ts'
import type { WebSockets } from '../serving/web-sockets.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsClient } from '../websocket/ws-client.ts'
import type { WsConsumer, WsHandler } from '../websocket/ws-handler.ts'
import type { ClientOptions } from './contract/clients.ts'
import type { Backend, Capability } from './contract/contract.ts'
import type { OfflineOptions, TestApp } from './offline-options.ts'
import { testWebsocketFactory } from './test-websocket-factory.ts'

/** An application, in memory or on a server, and how to reach it: what a test case is given. */
export interface AppContext {
  connect(path: string, options?: ClientOptions): WsClient
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** What the server's `onError` has heard. */
  reports(): readonly Error[]
  /** Absent where the client has none. */
  open?(path: string, consumer: WsConsumer): Websocket
  /** Absent in memory, as are the next two. */
  stop?(): Promise<void>
  /** Connects to where nobody listens. */
  unreachable?(): WsClient
  openUnreachable?(consumer: WsConsumer): Websocket
}

/** The application without any server; each case gets one of its own. */
export function inMemory(app: () => TestApp, options: OfflineOptions = {}): Backend<AppContext> {
  return {
    lacks: ['heads', 'stop', 'unreachable'],
    start() {
      const own = app()
      const reports: Error[] = []
      const webSockets = { onError: (error: Error) => reports.push(error), ...options.webSockets }
      const { connect, open } = testWebsocketFactory(own, { ...options, webSockets })
      return {
        connect,
        open: (path, consumer) => open(path, {}, consumer),
        async fetch(path, init) {
          const { http } = polyOf(own)
          if (http === undefined) return new Response(null, { status: 404 })
          const answer = await http(new Request(`http://localhost${path}`, init))
          if (answer instanceof Response) return answer
          throw new TypeError(`there is no response: fetch('${path}') became a WebSocket`)
        },
        reports: () => reports,
      }
    },
  }
}

export interface ServerBackend<S extends Websocket> {
  /** Makes the engine, such as `node`, which listens on a free port of this machine unless told otherwise. */
  engine(options: { readonly webSockets: WebSockets }): Engine<S>
  /** A client, such as `connect` of `antiphon/node`. */
  connect(url: string, options?: ClientOptions): WsClient
  /** Where the client has it. */
  open?(url: string, options: ClientOptions, consumer: WsConsumer): Websocket
  /** What engine or client cannot do. */
  readonly lacks?: readonly Capability[]
}

/** The application on a server, reached over the wire; each case gets a server of its own, and stops it. */
export function onServer<S extends Websocket>(
  app: () => PolyHandler<NoInfer<S>> | WsHandler<NoInfer<S>>,
  { engine, connect, open, lacks = [] }: ServerBackend<S>,
): Backend<AppContext> {
  return {
    lacks: open === undefined ? ['open', ...lacks] : lacks,
    async start(): Promise<AppContext & AsyncDisposable> {
      const reports: Error[] = []
      const server = await serve<S>(
        app(),
        engine({ webSockets: { onError: (error) => reports.push(error) } }),
      )
      const url = server.url.replace('http', 'ws')
      return {
        connect: (path, options) => connect(url + path, options),
        fetch: (path, init) => fetch(server.url + path, init),
        reports: () => reports,
        stop: () => server.stop(),
        unreachable: () => connect(NOWHERE),
        ...(open && {
          open: (path, consumer) => open(url + path, {}, consumer),
          openUnreachable: (consumer) => open(NOWHERE, {}, consumer),
        }),
        [Symbol.asyncDispose]: () => server.stop({ drain: 1_000 }),
      }
    },
  }
}

/** Nobody listens on the port for TCP multiplexing (RFC 1078). */
const NOWHERE = 'ws://127.0.0.1:1/'
