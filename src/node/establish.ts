import type { IncomingMessage } from 'node:http'
import type { ExtensionContext, WebSocketExtensionFactory } from '../protocol/extension.ts'
import { type ClientHandshake, verifyUpgrade } from '../protocol/handshake/client-handshake.ts'
import { acceptExtensions } from '../protocol/handshake/negotiation.ts'
import type { ConnectionLimits } from '../protocol/limits.ts'
import { reservedBits } from '../protocol/reserved-bits.ts'
import { WebSocketUpgradeException } from '../websocket/errors.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'
import { ProtocolWebsocket } from '../websocket/protocol-websocket.ts'
import type { ResolvedSettings } from '../websocket/socket-options.ts'
import type { UpgradeRequest } from '../websocket/upgrade-request.ts'
import type { WsConsumer } from '../websocket/ws-handler.ts'
import type { ConnectOptions } from './connect-options.ts'
import { type Answer, sendHandshake } from './opening.ts'
import { bodyOf, headersOf } from './response-facts.ts'
import { StreamTransport } from './stream-transport.ts'

/** An open socket of a client, and the head of the response that opened it. */
export interface Established {
  readonly socket: FrameSocket
  readonly response: { readonly status: number; readonly headers: Headers }
}

/** All that opening is about, made and checked before any I/O. */
export interface Attempt {
  readonly handshake: ClientHandshake
  readonly options: ConnectOptions
  readonly settings: ResolvedSettings
  readonly limits: ConnectionLimits
  readonly context: ExtensionContext
  readonly extensions: readonly WebSocketExtensionFactory[]
  readonly request: UpgradeRequest
  readonly consumer: WsConsumer<FrameSocket> | undefined
  /** Gives up while it is opening. */
  readonly signal: AbortSignal
}

/** Opens a connection: handshake, checks of the answer, and the socket. Rejects with a `WebSocketConnectException`. */
export async function establish(attempt: Attempt): Promise<Established> {
  const { handshake, options, signal } = attempt
  const either = options.signal === undefined ? signal : AbortSignal.any([signal, options.signal])
  const answer = await sendHandshake(handshake, options, either)
  const { response, upgraded } = answer
  if (upgraded === undefined) throw await refused(handshake, response)
  const headers = headersOf(response)
  const verified = verifyUpgrade(
    { status: response.statusCode ?? 0, header: (name) => headers.get(name) },
    handshake,
  )
  const agreed = verified.ok
    ? acceptExtensions(verified.extensions, attempt.extensions, attempt.context)
    : verified.message
  if (!verified.ok || typeof agreed === 'string') {
    upgraded.stream.destroy()
    throw mistaken(handshake, response, String(agreed))
  }
  const transport = new StreamTransport(upgraded.stream)
  const socket = new ProtocolWebsocket(transport, {
    role: 'client',
    mode: options.mode ?? 'messages',
    limits: attempt.limits,
    extensions: agreed,
    reserved: reservedBits(attempt.extensions, agreed),
    ports: attempt.settings.ports,
    settings: attempt.settings,
    upgradeRequest: attempt.request,
    protocol: verified.protocol,
  })
  terminateOnAbort(socket, options.signal)
  if (attempt.consumer !== undefined) socket.open(attempt.consumer)
  transport.start(socket.handler, upgraded.head)
  return { socket, response: { status: 101, headers } }
}

function terminateOnAbort(socket: FrameSocket, signal: AbortSignal | undefined): void {
  if (signal === undefined) return
  const terminate = (): void => socket.terminate()
  signal.addEventListener('abort', terminate, { once: true })
  socket.onClose(() => signal.removeEventListener('abort', terminate))
}

async function refused(
  handshake: ClientHandshake,
  response: Answer['response'],
): Promise<WebSocketUpgradeException> {
  const status = response.statusCode ?? 0
  const headers = headersOf(response)
  const body = await bodyOf(response)
  const message = `cannot connect to ${handshake.url.href}: the server answered ${status} ${response.statusMessage ?? ''}, not 101`
  return new WebSocketUpgradeException(message, { status, headers, body })
}

function mistaken(
  handshake: ClientHandshake,
  response: IncomingMessage,
  problem: string,
): WebSocketUpgradeException {
  const facts = { status: response.statusCode ?? 0, headers: headersOf(response), body: '' }
  const message = `cannot connect to ${handshake.url.href}: ${problem}`
  return new WebSocketUpgradeException(message, facts, 'handshake')
}
