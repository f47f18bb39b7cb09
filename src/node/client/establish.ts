import { asError } from '../../protocol/errors/thrown.ts'
import type {
  ExtensionContext,
  WebSocketExtensionFactory,
} from '../../protocol/extension/extension.ts'
import type { ConnectionLimits } from '../../protocol/frame/limits.ts'
import { type ClientHandshake, verifyUpgrade } from '../../protocol/handshake/client-handshake.ts'
import { type Agreement, agreementOf } from '../../websocket/client/agreement.ts'
import { terminateOnAbort } from '../../websocket/client/terminate-on-abort.ts'
import { WebSocketUpgradeException } from '../../websocket/errors.ts'
import type { FrameSocket } from '../../websocket/frame-socket.ts'
import type { UpgradeRequest } from '../../websocket/request/upgrade-request.ts'
import { ProtocolWebsocket } from '../../websocket/socket/protocol-websocket.ts'
import type { ResolvedSettings } from '../../websocket/socket/socket-options.ts'
import { headersOf } from '../http/raw-headers.ts'
import { nodePorts } from '../stream/ports.ts'
import { StreamTransport } from '../stream/stream-transport.ts'
import { aborted, connectFailure, shownUrl } from './connect-failure.ts'
import type { ConnectOptions } from './connect-options.ts'
import { type Answer, type Opening, sendHandshake } from './opening.ts'
import { bodyOf, shownReason, shownRedirect, shownStatus } from './response-facts.ts'

/** An open socket of a client, and the head of the response that opened it. */
export interface Established {
  readonly socket: FrameSocket
  readonly response: { readonly status: number; readonly headers: Headers }
}

/** All that it takes to open a connection, made and checked before any I/O. */
export interface Attempt extends Opening {
  readonly options: ConnectOptions
  readonly settings: ResolvedSettings
  readonly limits: ConnectionLimits
  readonly context: ExtensionContext
  readonly extensions: readonly WebSocketExtensionFactory[]
  readonly request: UpgradeRequest
  /** Called before anything is read. */
  readonly use: ((opened: Established) => unknown) | undefined
}

/** Opens a connection: handshake, checks of the answer, and the socket. Rejects with a `WebSocketConnectException`. */
export async function establish(attempt: Attempt): Promise<Established> {
  const { handshake, options, signal } = attempt
  const begun = performance.now()
  const { response, upgraded } = await sendHandshake(attempt)
  if (signal.aborted) {
    // Its connection goes with it, upgraded or not.
    response.destroy()
    throw aborted(handshake.url, signal.reason)
  }
  if (upgraded === undefined) {
    const left = Math.max(0, begun + attempt.timeout - performance.now())
    const refusal = await refused(handshake, response, left, signal)
    throw signal.aborted ? aborted(handshake.url, signal.reason) : refusal
  }
  const answered = { status: response.statusCode ?? 0, headers: headersOf(response.rawHeaders) }
  let agreed: Agreement | string
  try {
    agreed = agreementOf(answered, handshake, attempt.extensions, attempt.context)
  } catch (thrown) {
    // An extension of the user's own may throw.
    upgraded.stream.destroy()
    const error = asError(thrown)
    throw connectFailure(handshake.url, 'handshake', error.message, error)
  }
  if (typeof agreed === 'string') {
    upgraded.stream.destroy()
    const message = `cannot connect to ${shownUrl(handshake.url)}: ${agreed}`
    throw new WebSocketUpgradeException(message, { ...answered, body: '' }, 'handshake')
  }
  const transport = new StreamTransport(upgraded.stream)
  const socket = new ProtocolWebsocket(transport, {
    role: 'client',
    mode: options.mode ?? 'messages',
    limits: attempt.limits,
    extensions: agreed.extensions,
    reserved: agreed.reserved,
    ports: nodePorts,
    settings: attempt.settings,
    upgradeRequest: attempt.request,
    protocol: agreed.protocol,
  })
  terminateOnAbort(socket, options.signal)
  const { use } = attempt
  const opened = { socket, response: answered }
  if (use !== undefined) socket.open(() => use(opened))
  transport.start(socket.handler, upgraded.head)
  return opened
}

async function refused(
  handshake: ClientHandshake,
  response: Answer['response'],
  time: number,
  signal: AbortSignal,
): Promise<WebSocketUpgradeException> {
  const status = response.statusCode ?? 0
  const headers = headersOf(response.rawHeaders)
  const body = await bodyOf(response, time, signal)
  // Node takes a 101 without `Upgrade` for an ordinary response.
  const verified = verifyUpgrade({ status, header: (name) => headers.get(name) }, handshake)
  const why =
    status === 101 && !verified.ok
      ? verified.message
      : `the server answered ${shownStatus(response)}, not 101${shownRedirect(response)}${shownReason(response, body)}`
  const message = `cannot connect to ${shownUrl(handshake.url)}: ${why}`
  const stage = status === 101 ? 'handshake' : 'http'
  return new WebSocketUpgradeException(message, { status, headers, body }, stage)
}
