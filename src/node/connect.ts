import { newKey } from '../protocol/handshake/accept-key.ts'
import { clientHandshake } from '../protocol/handshake/client-handshake.ts'
import { checkExtensionConflicts } from '../protocol/handshake/negotiation.ts'
import { CLIENT_LIMITS } from '../protocol/limits.ts'
import { clientOf } from '../websocket/client.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'
import { requestOfHandshake } from '../websocket/handshake-request.ts'
import { openingWebsocket } from '../websocket/opening-websocket.ts'
import { connectionLimits, socketSettings } from '../websocket/socket-options.ts'
import type { UpgradeRequest } from '../websocket/upgrade-request.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsClient } from '../websocket/ws-client.ts'
import type { WsConsumer } from '../websocket/ws-handler.ts'
import type { ConnectOptions } from './connect-options.ts'
import { type Established, establish } from './establish.ts'
import { nodePorts } from './ports.ts'

/**
 * Connects and answers with a client: `send` holds messages until it is open, `received()` iterates. Throws a
 * `TypeError` for a URL, subprotocol or header that cannot be; every failure to connect rejects `opened`.
 */
export function connect(url: string | URL, options: ConnectOptions = {}): WsClient {
  const { established, abandon } = begin(url, options, undefined)
  return clientOf(
    established.then(({ socket }) => socket),
    abandon,
  )
}

/**
 * Connects and answers with a socket at once, `'connecting'` at first. The consumer is called when it opens; a failure
 * to connect goes to `onError`, and then `onClose` hears `NEVER_CONNECTED`. Throws as `connect` does.
 */
export function open(
  url: string | URL,
  options: ConnectOptions,
  consumer: WsConsumer<FrameSocket>,
): Websocket {
  const { established, abandon, request } = begin(url, options, consumer)
  return openingWebsocket(
    established.then(({ socket }) => socket),
    request,
    abandon,
  )
}

/**
 * Resolves once open, with the socket and the head of the response. Rejects with a `WebSocketConnectException`, and
 * with a `TypeError` as `connect` throws it.
 */
export async function openSocket(
  url: string | URL,
  options: ConnectOptions = {},
): Promise<Established> {
  return await begin(url, options, undefined).established
}

function begin(
  url: string | URL,
  options: ConnectOptions,
  consumer: WsConsumer<FrameSocket> | undefined,
): { established: Promise<Established>; abandon: () => void; request: UpgradeRequest } {
  const extensions = options.extensions ?? []
  checkExtensionConflicts(extensions)
  const settings = socketSettings(options, nodePorts)
  const limits = connectionLimits(options, CLIENT_LIMITS)
  const context = { role: 'client', limits, zlib: nodePorts.zlib } as const
  const { protocols = [] } = options
  const handshake = clientHandshake({
    url,
    protocols: typeof protocols === 'string' ? [protocols] : protocols,
    extensions: extensions.flatMap((factory) => factory.offers(context)),
    headers: options.headers,
    key: newKey(),
  })
  const request = requestOfHandshake(handshake)
  const abort = new AbortController()
  const established = establish({
    handshake,
    options,
    settings,
    limits,
    context,
    extensions,
    request,
    consumer,
    signal: abort.signal,
  })
  return { established, abandon: () => abort.abort(), request }
}
