import { connect as connectTcp } from 'node:net'
import { WebSocketExtensions } from '../protocol/deflate/web-socket-extensions.ts'
import type { WebSocketExtensionFactory } from '../protocol/extension/extension.ts'
import type { PolyHandler } from '../routing/poly-handler.ts'
import { rawRequest } from '../routing/routed-request.ts'
import { type Engine, polyOf, serve } from '../serving/engine.ts'
import { answerHttp } from '../serving/http-half.ts'
import type { WebSockets } from '../serving/web-sockets.ts'
import type { Capability as EngineCapability } from '../websocket/capability.ts'
import type { WsClient } from '../websocket/client/ws-client.ts'
import { requestOf } from '../websocket/request/upgrade-request.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsConsumer, WsHandler } from '../websocket/ws-handler.ts'
import type { ClientContext } from './contract/client-context.ts'
import type { ClientOptions } from './contract/clients.ts'
import type { Backend, Capability, ContractSetting } from './contract/contract.ts'
import type { ServerContext } from './contract/server-context.ts'
import { merged } from './offline/merged.ts'
import type { OfflineOptions, TestApp } from './offline/offline-options.ts'
import { testWebsocketFactory } from './offline/test-websocket-factory.ts'
import { tapTo } from './tap.ts'

/** What a test case is given: an application, in memory or on a server, and how to reach it. */
export interface AppContext extends ServerContext, ClientContext {
  fetch(path: string, init?: RequestInit): Promise<Response>
  reports(): readonly Error[]
}

const DEFLATE: readonly WebSocketExtensionFactory[] = [WebSocketExtensions.perMessageDeflate()]

/** The application without any server; each case gets one of its own. Compression is tried when the options have `zlib`. */
export function inMemory(app: () => TestApp, options: OfflineOptions = {}): Backend<AppContext> {
  const lacks: Capability[] = ['heads', 'headTimeout', 'raw', 'stop', 'unreachable', 'answers']
  if (options.remoteAddress === undefined) lacks.push('remoteAddress')
  return {
    lacks: options.zlib === undefined ? [...lacks, 'compression', 'deflate'] : lacks,
    start({ webSockets: asked, compression = false } = {}) {
      const own = app()
      const reports: Error[] = []
      const extensions = compression ? DEFLATE : []
      const onError = (error: Error): unknown => reports.push(error)
      const common = merged<WebSockets>({ onError, extensions }, options.webSockets)
      const webSockets = merged(common, asked)
      const offline = { ...merged<OfflineOptions>({ extensions }, options), webSockets }
      const { connect, open } = testWebsocketFactory(own, offline)
      return {
        connect,
        open: (path, consumer) => open(path, {}, consumer),
        fetch(path, init) {
          const raw = new Request(`http://localhost${path}`, init)
          return answerHttp(polyOf(own).http, rawRequest(requestOf(raw, options)), onError)
        },
        reports: () => reports,
      }
    },
  }
}

/** What an engine is made with. */
export interface EngineSetting extends Omit<ContractSetting, 'webSockets'> {
  readonly webSockets: WebSockets
}

/** What `onServer` runs an application with. */
export interface ServerBackend<S extends Websocket> {
  /** Makes the engine, such as `node`, which listens on a free port of this machine unless told otherwise. */
  engine(options: EngineSetting): Engine<S, EngineCapability>
  /** A client, such as `connect` of `antiphon/node`. */
  connect(url: string, options?: ClientOptions): WsClient
  /** Where the client has it. */
  open?(url: string, options: ClientOptions, consumer: WsConsumer): Websocket
  /** Where the client tells: the headers of the 101. */
  answer?(url: string, options?: ClientOptions): Promise<Headers>
  /** What the client cannot do, and what the engine does not say itself. */
  readonly lacks?: readonly Capability[] | undefined
}

/** The application on a server, reached over the wire; each case gets a server of its own, and stops it. */
export function onServer<S extends Websocket>(
  app: () => PolyHandler<NoInfer<S>> | WsHandler<NoInfer<S>>,
  { engine, connect, open, answer, lacks = [] }: ServerBackend<S>,
): Backend<AppContext> {
  const { lacks: engineLacks } = engine({ webSockets: {} })
  const absent: Capability[] = [...engineLacks, ...lacks]
  if (open === undefined) absent.push('open')
  if (answer === undefined) absent.push('answers')
  const hasExtensions = !engineLacks.includes('extensions')
  return {
    lacks: absent,
    async start({
      webSockets,
      compression = false,
      ...setting
    } = {}): Promise<AppContext & AsyncDisposable> {
      const reports: Error[] = []
      const server = await serve(
        app(),
        engine({
          ...setting,
          ...(compression && !hasExtensions && { compression }),
          webSockets: merged<WebSockets>(
            {
              onError: (error) => reports.push(error),
              ...(compression && hasExtensions && { extensions: DEFLATE }),
            },
            webSockets,
          ),
        }),
      )
      const url = server.url.replace('http', 'ws')
      const offering = (options: ClientOptions = {}): ClientOptions =>
        compression ? merged({ extensions: DEFLATE }, options) : options
      return {
        connect: (path, options) => connect(url + path, offering(options)),
        fetch: (path, init) => fetch(server.url + path, init),
        reports: () => reports,
        stop: (options) => server.stop(options),
        raw: (text) => overTcp(server.port, text),
        async tapped(path) {
          const { port, sent } = await tapTo(server.port)
          return { client: connect(`ws://127.0.0.1:${port}${path}`, offering()), sent }
        },
        unreachable: () => connect(NOWHERE),
        ...(open && {
          open: (path, consumer) => open(url + path, offering(), consumer),
          openUnreachable: (consumer) => open(NOWHERE, {}, consumer),
        }),
        ...(answer && { answer: (path, options) => answer(url + path, offering(options)) }),
        [Symbol.asyncDispose]: () => server.stop({ drain: 1_000 }),
      }
    },
  }
}

/** Nobody listens on the port for TCP multiplexing (RFC 1078). */
const NOWHERE = 'ws://127.0.0.1:1/'

function overTcp(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = ''
    const stream = connectTcp(port, '127.0.0.1', () => stream.write(text))
    stream.setEncoding('latin1')
    stream.on('data', (chunk) => {
      received += chunk
    })
    stream.on('end', () => resolve(received))
    stream.on('error', reject)
  })
}
