import { STATUS_CODES } from 'node:http'
import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  IncomingHttpHeaders,
  IncomingHttpStatusHeader,
  OutgoingHttpHeaders,
} from 'node:http2'
import { asError } from '../../protocol/errors/thrown.ts'
import type { ClientHandshake } from '../../protocol/handshake/client-handshake.ts'
import { headersFrom } from '../../websocket/support/headers-from.ts'
import { http2Headers, receivedHeaders } from '../http/http2-headers.ts'
import { reset } from '../stream/http2-stream.ts'
import type { Answer, Progress } from './answer.ts'
import { connectFailure, reasonOf, stageOf } from './connect-failure.ts'
import { firstSettings } from './first-settings.ts'
import { isSecure } from './host-and-port.ts'
import { type Http2Source, sessionOf } from './http2-option.ts'

const NOTHING = new Uint8Array(0)

const CLOSED = 'the HTTP/2 session is closed'

/**
 * Sends the handshake on a stream of its own, and waits for the answer. Rejects with a `WebSocketConnectException`. When
 * the signal aborts, the stream is reset.
 */
export async function answerOverHttp2(
  handshake: ClientHandshake,
  source: Http2Source,
  progress: Progress,
  signal: AbortSignal,
): Promise<Answer> {
  const { url } = handshake
  progress.stage = 'http'
  try {
    const session = sessionOf(source, url)
    if (!session.destroyed) await untilSettled(session, progress)
    signal.throwIfAborted()
    const problem = problemOf(session, url)
    if (problem !== undefined) throw new Error(problem)
    return answerOf(await ask(handshake, session, signal))
  } catch (thrown) {
    const error = asError(thrown)
    throw connectFailure(url, stageOf(error, progress.stage), reasonOf(error), error)
  }
}

async function untilSettled(session: ClientHttp2Session, progress: Progress): Promise<void> {
  if (session.connecting) progress.stage = 'tcp'
  try {
    await firstSettings(session)
  } finally {
    // If it has not connected, it was for TLS, unless the error says otherwise.
    progress.stage = session.connecting ? 'tls' : 'http'
  }
}

/** Why a session cannot be used; `undefined` if it can. */
function problemOf(session: ClientHttp2Session, url: URL): string | undefined {
  if (session.closed || session.destroyed) return CLOSED
  if (isSecure(url) && session.encrypted !== true) {
    return 'the HTTP/2 session has no TLS, which the URL asks for'
  }
  if (session.remoteSettings.enableConnectProtocol === true) return undefined
  return 'the server takes no WebSockets over HTTP/2: it has not sent SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441, section 3)'
}

interface Reply {
  readonly stream: ClientHttp2Stream
  readonly fields: IncomingHttpHeaders & IncomingHttpStatusHeader
}

function ask(
  handshake: ClientHandshake,
  session: ClientHttp2Session,
  signal: AbortSignal,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const stream = session.request(connectRequest(handshake))
    signal.addEventListener('abort', () => reset(stream))
    stream.on('error', reject)
    stream.on('close', () => {
      const problem = `the stream was reset with the code ${stream.rstCode}`
      reject(new Error(session.destroyed ? CLOSED : problem))
    })
    stream.on('response', (fields) => resolve({ stream, fields }))
  })
}

function answerOf({ stream, fields }: Reply): Answer {
  const status = fields[':status'] ?? 0
  const taken = status >= 200 && status <= 299
  // There is nothing more to say.
  if (!taken) stream.end()
  return {
    status,
    statusText: STATUS_CODES[status] ?? '',
    headers: receivedHeaders(fields),
    body: stream,
    upgraded: taken ? { stream, head: NOTHING } : undefined,
  }
}

/** The handshake as a request of HTTP/2: an extended CONNECT (RFC 8441, section 4). */
function connectRequest({ url, target, headers }: ClientHandshake): OutgoingHttpHeaders {
  const fields = http2Headers(headersFrom(headers))
  const authority = fields.get('host') ?? url.host
  fields.delete('host')
  fields.delete('sec-websocket-key')
  return {
    ...Object.fromEntries(fields),
    ':method': 'CONNECT',
    ':protocol': 'websocket',
    ':scheme': isSecure(url) ? 'https' : 'http',
    ':authority': authority,
    ':path': target,
  }
}
