import { asError } from '../../protocol/errors/thrown.ts'
import type {
  ExtensionContext,
  WebSocketExtensionFactory,
} from '../../protocol/extension/extension.ts'
import type { ConnectionLimits } from '../../protocol/frame/limits.ts'
import { verifyNegotiated, verifyUpgrade } from '../../protocol/handshake/client-handshake.ts'
import { type Agreement, agreementOf } from '../../websocket/client/agreement.ts'
import { terminateOnAbort } from '../../websocket/client/terminate-on-abort.ts'
import { WebSocketUpgradeException } from '../../websocket/errors.ts'
import type { FrameSocket } from '../../websocket/frame-socket.ts'
import type { UpgradeRequest } from '../../websocket/request/upgrade-request.ts'
import { ProtocolWebsocket } from '../../websocket/socket/protocol-websocket.ts'
import type { ResolvedSettings } from '../../websocket/socket/socket-options.ts'
import { reset } from '../stream/http2-stream.ts'
import { nodePorts } from '../stream/ports.ts'
import { StreamTransport } from '../stream/stream-transport.ts'
import type { Answer } from './answer.ts'
import { aborted, connectFailure, shownUrl } from './connect-failure.ts'
import type { ConnectOptions } from './connect-options.ts'
import { type Opening, sendHandshake } from './opening.ts'
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
  const answer = await sendHandshake(attempt)
  const { status, headers, upgraded } = answer
  if (signal.aborted) {
    // Its connection goes with it, upgraded or not.
    reset(answer.body)
    throw aborted(handshake.url, signal.reason)
  }
  if (upgraded === undefined) {
    const left = Math.max(0, begun + attempt.timeout - performance.now())
    const refusal = await refused(attempt, answer, left)
    throw signal.aborted ? aborted(handshake.url, signal.reason) : refusal
  }
  const response = { status, headers }
  const verify = options.http2 === undefined ? verifyUpgrade : verifyNegotiated
  let agreed: Agreement | string
  try {
    agreed = agreementOf(response, handshake, attempt.extensions, attempt.context, verify)
  } catch (thrown) {
    // An extension of the user's own may throw.
    reset(upgraded.stream)
    const error = asError(thrown)
    throw connectFailure(handshake.url, 'handshake', error.message, error)
  }
  if (typeof agreed === 'string') {
    reset(upgraded.stream)
    const message = `cannot connect to ${shownUrl(handshake.url)}: ${agreed}`
    throw new WebSocketUpgradeException(message, { ...response, body: '' }, 'handshake')
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
  const opened = { socket, response }
  if (use !== undefined) socket.open(() => use(opened))
  transport.start(socket.handler, upgraded.head)
  return opened
}

async function refused(
  { handshake, options, signal }: Attempt,
  answer: Answer,
  time: number,
): Promise<WebSocketUpgradeException> {
  const { status, headers } = answer
  const body = await bodyOf(answer.body, time, signal)
  // Node takes a 101 without `Upgrade` for an ordinary response.
  const verified = verifyUpgrade({ status, header: (name) => headers.get(name) }, handshake)
  const why =
    status === 101 && !verified.ok
      ? verified.message
      : `the server answered ${shownStatus(answer)}, not ${options.http2 === undefined ? 101 : 200}${shownRedirect(answer)}${shownReason(answer, body)}`
  const message = `cannot connect to ${shownUrl(handshake.url)}: ${why}`
  const stage = status === 101 ? 'handshake' : 'http'
  return new WebSocketUpgradeException(message, { status, headers, body }, stage)
}
