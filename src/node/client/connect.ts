import { oneOf } from '../../protocol/errors/one-of.ts'
import { CLIENT_LIMITS, type ConnectionLimits } from '../../protocol/frame/limits.ts'
import { newKey } from '../../protocol/handshake/accept-key.ts'
import { clientHandshake } from '../../protocol/handshake/client-handshake.ts'
import { checkExtensionConflicts } from '../../protocol/handshake/negotiation.ts'
import { clientOf } from '../../websocket/client/client.ts'
import { type OpeningOptions, openingWebsocket } from '../../websocket/client/opening-websocket.ts'
import type { WsClient } from '../../websocket/client/ws-client.ts'
import type { FrameSocket } from '../../websocket/frame-socket.ts'
import { requestOfHandshake } from '../../websocket/request/handshake-request.ts'
import {
  connectionLimits,
  type ResolvedSettings,
  SOCKET_OPTIONS,
  socketSettings,
} from '../../websocket/socket/socket-options.ts'
import { SOCKET_MODES } from '../../websocket/socket-mode.ts'
import { checkFunction } from '../../websocket/support/check-function.ts'
import { forwardAbort } from '../../websocket/support/forward-abort.ts'
import { duration } from '../../websocket/support/option-checks.ts'
import { checkNames, type OptionNames } from '../../websocket/support/option-names.ts'
import type { Websocket } from '../../websocket/websocket.ts'
import type { WsConsumer } from '../../websocket/ws-handler.ts'
import { nodeZlib } from '../zlib/zlib-port.ts'
import type { ConnectOptions } from './connect-options.ts'
import { type Established, establish } from './establish.ts'
import { checkHttp2 } from './http2-option.ts'
import { type HttpProxy, proxyOf } from './proxy.ts'

const TIMEOUT = 15_000

/** The names of the options that session clients have, too. */
export const CLIENT_OPTIONS: OptionNames<Omit<ConnectOptions, 'mode' | 'signal'>> = {
  ...SOCKET_OPTIONS,
  protocols: 0,
  headers: 0,
  timeout: 0,
  tls: 0,
  proxy: 0,
  agent: 0,
  http2: 0,
}

/** Options that say the same thing in two ways. */
const EXCLUSIVE = [
  ['proxy', 'agent'],
  ['http2', 'proxy'],
  ['http2', 'agent'],
  ['http2', 'tls'],
] as const

const CONNECT_OPTIONS: OptionNames<ConnectOptions> = { ...CLIENT_OPTIONS, mode: 0, signal: 0 }

/**
 * Connects and returns a client at once: `send` holds messages until it is open, `received()` iterates. Throws a
 * `TypeError` for an invalid URL, subprotocol or header, and a `RangeError` for another invalid option; any failure to
 * connect rejects `opened`.
 */
export function connect(url: string | URL, options: ConnectOptions = {}): WsClient {
  checkNames('connect()', options, CONNECT_OPTIONS)
  const { established, ...beginning } = begin(url, options, undefined)
  return clientOf(
    established.then(({ socket }) => socket),
    { ...beginning, mode: options.mode },
  )
}

/**
 * Connects and returns a socket at once, `'connecting'` at first. The consumer is called when it opens; a failure to
 * connect goes to `onError`, and then `onClose` hears `NEVER_CONNECTED`; closing it before it opened is no failure.
 * Throws as `connect` does.
 */
export function open(
  url: string | URL,
  options: ConnectOptions,
  consumer: WsConsumer<FrameSocket>,
): Websocket {
  checkNames('open()', options, CONNECT_OPTIONS)
  checkFunction(consumer, 'open needs a consumer, the last argument')
  const { established, ...beginning } = begin(url, options, ({ socket }) =>
    opening.handOver(socket, consumer),
  )
  const opening = openingWebsocket(
    established.then(({ socket }) => socket),
    beginning,
  )
  return opening
}

/**
 * Resolves once open, with the socket and the head of the response; `use` gets them before anything is read. Rejects
 * with a `WebSocketConnectException`, and with what `connect` throws.
 */
export async function openSocket(
  url: string | URL,
  options: ConnectOptions = {},
  use?: (opened: Established) => unknown,
): Promise<Established> {
  checkNames('openSocket()', options, CONNECT_OPTIONS)
  return await begin(url, options, use).established
}

interface Beginning extends OpeningOptions {
  readonly established: Promise<Established>
}

/** Checks the options and begins to connect. Throws what `connect` throws, except for an unknown option. */
export function begin(
  url: string | URL,
  options: ConnectOptions,
  use: ((opened: Established) => unknown) | undefined,
): Beginning {
  const { settings, limits, proxy, timeout } = resolveOptions(options)
  const { protocols = [], extensions = [] } = options
  // Extensions need whole messages: those who want frames or fragments get them as they are on the wire.
  const mode = oneOf('mode', options.mode ?? 'messages', SOCKET_MODES)
  const factories = mode === 'messages' ? extensions : []
  const context = { role: 'client', limits, zlib: nodeZlib } as const
  const handshake = clientHandshake({
    url,
    protocols: typeof protocols === 'string' ? [protocols] : protocols,
    extensions: factories.flatMap((factory) => factory.offers(context)),
    headers: options.headers,
    key: newKey(),
  })
  const request = requestOfHandshake(handshake)
  const abort = new AbortController()
  const unlink = forwardAbort(options.signal, abort)
  const established = establish({
    handshake,
    options,
    settings,
    limits,
    context,
    extensions: factories,
    request,
    use,
    proxy,
    timeout,
    signal: abort.signal,
  })
  void established.then(unlink, unlink)
  return { ...settings, established, abandon: () => abort.abort(), request }
}

/** The options, checked, with their defaults. */
interface ResolvedOptions {
  readonly settings: ResolvedSettings
  readonly limits: ConnectionLimits
  readonly proxy: HttpProxy | undefined
  /** In milliseconds. */
  readonly timeout: number
}

/** Fills in the defaults. Throws a `TypeError` or a `RangeError` that names the option that is wrong. */
export function resolveOptions(options: ConnectOptions): ResolvedOptions {
  checkExtensionConflicts(options.extensions ?? [])
  for (const [one, other] of EXCLUSIVE) {
    if (options[one] === undefined || options[other] === undefined) continue
    throw new TypeError(`the options ${one} and ${other} both say how to connect: give one of them`)
  }
  if (options.http2 !== undefined) checkHttp2(options.http2, options.headers)
  return {
    settings: socketSettings(options),
    limits: connectionLimits(options, CLIENT_LIMITS),
    proxy: proxyOf(options.proxy),
    timeout: duration('timeout', options.timeout, TIMEOUT),
  }
}
