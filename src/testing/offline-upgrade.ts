import { newKey } from '../protocol/handshake/accept-key.ts'
import { type ClientHandshake, clientHandshake } from '../protocol/handshake/client-handshake.ts'
import { fieldValue } from '../protocol/handshake/header-field.ts'
import { checkExtensionConflicts } from '../protocol/handshake/negotiation.ts'
import type { HandshakeRequest } from '../protocol/handshake/server-handshake.ts'
import { CLIENT_LIMITS } from '../protocol/limits.ts'
import { portablePorts } from '../protocol/ports.ts'
import type { ZlibPort } from '../protocol/zlib-port.ts'
import type { PolyHandler } from '../routing/poly-handler.ts'
import { polyOf } from '../serving/engine.ts'
import { type AcceptedUpgrade, decideUpgrade, type UpgradeOutcome } from '../serving/upgrade.ts'
import { serverSettings, type WebSockets } from '../serving/web-sockets.ts'
import { agreementOf } from '../websocket/agreement.ts'
import { WebSocketUpgradeException } from '../websocket/errors.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'
import { requestOfHandshake } from '../websocket/handshake-request.ts'
import { isPromiseLike, type MaybePromise } from '../websocket/maybe-promise.ts'
import { ProtocolWebsocket } from '../websocket/protocol-websocket.ts'
import {
  connectionLimits,
  type SocketOptions,
  socketSettings,
} from '../websocket/socket-options.ts'
import type { UpgradeRequest } from '../websocket/upgrade-request.ts'
import type { WsHandler } from '../websocket/ws-handler.ts'
import { MemoryTransport } from './memory-transport.ts'

/** The client's own options, and what would be the server's. */
export interface OfflineOptions extends SocketOptions {
  /** Subprotocols to offer, the preferred one first. */
  readonly protocols?: string | readonly string[]
  readonly headers?: HeadersInit
  /** `'frames'`: the client's socket has `frames`. */
  readonly mode?: 'messages' | 'frames'
  /** The configuration of the server that is not there; its clock is the client's unless it has one. */
  readonly webSockets?: WebSockets
  /** For permessage-deflate on both sides. */
  readonly zlib?: ZlibPort
}

/** Both ends, joined; nothing happens before `start`. */
export interface OfflineConnection {
  readonly client: FrameSocket
  readonly headers: Headers
  /** Hands the server's end to the application. */
  start(): void
}

const NOWHERE = 'ws://localhost/'

/** An upgrade through the whole of the application, in memory. Rejects with a `WebSocketUpgradeException` when it is refused. */
export function offlineUpgrade(
  app: WsHandler<FrameSocket> | PolyHandler<FrameSocket>,
  request: string | URL | Request | UpgradeRequest,
  options: OfflineOptions,
): MaybePromise<OfflineConnection> {
  const { zlib, clock } = options
  const ports = zlib === undefined ? portablePorts : { ...portablePorts, zlib }
  const server = serverSettings({ ...(clock && { clock }), ...options.webSockets }, ports)
  const settings = socketSettings(options, ports)
  const limits = connectionLimits(options, CLIENT_LIMITS)
  const context = { role: 'client', limits, zlib } as const
  const extensions = options.extensions ?? []
  checkExtensionConflicts(extensions)
  const handshake = handshakeFor(request, {
    ...options,
    offers: extensions.flatMap((factory) => factory.offers(context)),
  })
  const own = requestOfHandshake(handshake)
  const seen = isUpgradeRequest(request) ? request : own
  const outcome = decideUpgrade(polyOf(app), seen, headOf(handshake), server)

  function join(decided: UpgradeOutcome): MaybePromise<OfflineConnection> {
    if (decided.kind !== 'accepted') return refused(decided)
    const headers = new Headers(decided.headers.map(([name, value]) => [name, value]))
    const answered = { status: 101, headers }
    const agreed = agreementOf(answered, handshake, extensions, context)
    if (typeof agreed === 'string') return mistaken(agreed, headers)
    const [near, far] = MemoryTransport.pair()
    const client = new ProtocolWebsocket(near, {
      role: 'client',
      mode: options.mode ?? 'messages',
      limits,
      extensions: agreed.extensions,
      reserved: agreed.reserved,
      ports,
      settings,
      upgradeRequest: own,
      protocol: agreed.protocol,
    })
    near.attach(client.handler)
    return { client, headers, start: () => serveOffline(far, decided) }
  }

  function serveOffline(transport: MemoryTransport, accepted: AcceptedUpgrade): void {
    const socket = new ProtocolWebsocket(transport, {
      role: 'server',
      mode: accepted.mode,
      limits: accepted.limits,
      extensions: accepted.extensions,
      reserved: accepted.reserved,
      ports,
      settings: server,
      maxBufferedAmount: accepted.maxBufferedAmount,
      upgradeRequest: accepted.request,
      protocol: accepted.protocol,
    })
    socket.open(accepted.consumer)
    transport.attach(socket.handler)
  }

  return isPromiseLike(outcome) ? outcome.then(join) : join(outcome)
}

function handshakeFor(
  request: string | URL | Request | UpgradeRequest,
  options: OfflineOptions & { readonly offers: ClientHandshake['extensions'] },
): ClientHandshake {
  const { offers } = options
  const url = typeof request === 'string' || request instanceof URL ? request : request.url
  const headers = new Headers(
    typeof request === 'string' || request instanceof URL ? undefined : request.headers,
  )
  for (const [name, value] of new Headers(options.headers)) headers.set(name, value)
  const listed = headers.get('sec-websocket-protocol')?.split(',') ?? []
  const { protocols = listed.map((token) => token.trim()) } = options
  for (const name of HANDSHAKE_HEADERS) headers.delete(name)
  return clientHandshake({
    url: new URL(url, NOWHERE),
    protocols: typeof protocols === 'string' ? [protocols] : protocols,
    extensions: offers,
    headers,
    key: newKey(),
  })
}

/** Those of a request given, which the handshake makes itself. */
const HANDSHAKE_HEADERS: readonly string[] = [
  'connection',
  'upgrade',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-protocol',
  'sec-websocket-extensions',
]

function headOf(handshake: ClientHandshake): HandshakeRequest {
  return {
    method: handshake.method,
    httpVersion: '1.1',
    header: (name) => fieldValue(handshake.headers, name),
  }
}

function isUpgradeRequest(
  request: string | URL | Request | UpgradeRequest,
): request is UpgradeRequest {
  return typeof request === 'object' && 'withParams' in request
}

async function refused(outcome: Exclude<UpgradeOutcome, AcceptedUpgrade>): Promise<never> {
  const response =
    outcome.kind === 'refused'
      ? outcome.response
      : new Response('no route took it', { status: 404 })
  const { status, headers } = response
  const body = await response.text()
  throw new WebSocketUpgradeException(
    `the application answered ${status}, not 101: ${body.trim()}`,
    {
      status,
      headers,
      body,
    },
  )
}

async function mistaken(problem: string, headers: Headers): Promise<never> {
  throw new WebSocketUpgradeException(problem, { status: 101, headers, body: '' }, 'handshake')
}
