import {
  createServer,
  type IncomingMessage,
  type ServerOptions,
  type ServerResponse,
} from 'node:http'
import {
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2'
import { createServer as createTlsServer } from 'node:https'
import type { Server as NetServer } from 'node:net'
import type { TlsOptions } from 'node:tls'
import { NodeRequest } from 'srvx/node'
import type { HttpHandler } from '../../routing/poly-handler.ts'
import { rawRequest } from '../../routing/routed-request.ts'
import { answerHttp } from '../../serving/http-half.ts'
import { BAD_URL, refuse } from '../../serving/refusal.ts'
import type { FrameSocket } from '../../websocket/frame-socket.ts'
import { requestOf } from '../../websocket/request/upgrade-request.ts'
import { amount, duration } from '../../websocket/support/option-checks.ts'
import type { OptionNames } from '../../websocket/support/option-names.ts'
import { sendResponse } from './send-response.ts'

export interface HttpOptions {
  /** Certificate, key and what else `node:tls` takes: then it is `https:` and `wss:`. */
  readonly tls?: TlsOptions | undefined
  /** Speaks HTTP/2, too, with clients that know it, also for WebSockets (RFC 8441). Needs `tls`. Default false. */
  readonly http2?: boolean | undefined
  /**
   * Milliseconds for a request's head, past which the answer is a 408, and for a TLS handshake. A connection of HTTP/2 is
   * closed when it has had no request or socket for so long. Default 10,000.
   */
  readonly handshakeTimeout?: number | undefined
  /** Bytes of a request's head; more is answered with 431. Default 16,384. */
  readonly maxHeaderSize?: number | undefined
}

/** The names of these options. */
export const HTTP_OPTIONS: OptionNames<HttpOptions> = {
  tls: 0,
  http2: false,
  handshakeTimeout: 0,
  maxHeaderSize: 0,
}

/** Those options, checked, with their defaults. */
export interface HttpSettings {
  readonly tls: TlsOptions | undefined
  readonly http2: boolean
  readonly handshakeTimeout: number
  readonly maxHeaderSize: number
  /** Milliseconds between checks of the timeout. */
  readonly checkingInterval: number
}

/** Throws a `RangeError` or a `TypeError` that names the option that is wrong. */
export function httpSettings(options: HttpOptions): HttpSettings {
  const { tls, http2 = false } = options
  checkIdentity(tls)
  if (http2 && tls === undefined) throw new TypeError('the option http2 needs tls')
  const handshakeTimeout = duration('handshakeTimeout', options.handshakeTimeout, 10_000)
  return {
    tls,
    http2,
    handshakeTimeout,
    maxHeaderSize: amount('maxHeaderSize', options.maxHeaderSize, 16_384),
    checkingInterval: Math.min(1_000, Math.max(50, Math.ceil(handshakeTimeout / 2))),
  }
}

/** Throws a `TypeError` for `tls` with which no TLS handshake could succeed. */
function checkIdentity(tls: TlsOptions | undefined): void {
  if (tls === undefined || tls?.cert || tls?.pfx || tls?.SNICallback || tls?.pskCallback) return
  throw new TypeError('the option tls needs cert and key, pfx, SNICallback or pskCallback')
}

/** Node's own limit for a whole request, in milliseconds. */
const REQUEST_TIMEOUT = 300_000

/** How many requests and sockets a connection of HTTP/2 may have at a time. */
const MOST_STREAMS = 256

/** What Node 24 and later, and `node:https`, have by default for HTTP/1.1: the time for another request, in milliseconds. */
const OF_HTTP1 = { keepAliveTimeout: 5_000, requireHostHeader: true }

/** What Node may keep for such a connection, in megabytes: twice what that many streams write at a time. */
const SESSION_MEMORY = 32

export function httpServer(settings: HttpSettings): NetServer {
  const { tls, http2, handshakeTimeout, maxHeaderSize } = settings
  const options: ServerOptions = {
    maxHeaderSize,
    headersTimeout: handshakeTimeout,
    // Node requires that this is not the shorter one.
    requestTimeout: Math.max(handshakeTimeout, REQUEST_TIMEOUT),
    connectionsCheckingInterval: settings.checkingInterval,
  }
  if (tls === undefined) return createServer(options)
  if (!http2) return createTlsServer({ handshakeTimeout, ...options, ...tls })
  const both = createSecureServer({
    handshakeTimeout,
    maxSessionMemory: SESSION_MEMORY,
    settings: {
      enableConnectProtocol: true,
      maxHeaderListSize: maxHeaderSize,
      maxConcurrentStreams: MOST_STREAMS,
    },
    ...tls,
    allowHTTP1: true,
  })
  both.on('session', (session) => endWhenIdle(session, handshakeTimeout))
  // It takes those for HTTP/1.1 only so.
  return Object.assign(both, options, OF_HTTP1)
}

/** Ends a connection of HTTP/2 that has no streams for so long, in milliseconds: Node has no limit. */
function endWhenIdle(session: ServerHttp2Session, time: number): void {
  // Of the connection, which outlives the session.
  const { destroySoon } = session.socket
  let streams = 0
  let gone = false
  let timer = setTimeout(() => session.destroy(), time)

  session.on('stream', (stream) => {
    streams++
    clearTimeout(timer)
    stream.once('close', () => {
      streams--
      if (streams === 0 && !gone) timer = setTimeout(leave, time)
    })
  })
  session.once('close', () => {
    gone = true
    clearTimeout(timer)
  })

  /** The client is told, and may take the time of a whole request to read the last answer. */
  function leave(): void {
    session.close()
    timer = setTimeout(destroySoon, REQUEST_TIMEOUT)
  }
}

/** The URL is made on first access, which throws if it is invalid. */
function hasUrl(request: Request): boolean {
  try {
    return URL.canParse(request.url)
  } catch {
    return false
  }
}

type Message = IncomingMessage | Http2ServerRequest
type Reply = ServerResponse | Http2ServerResponse

/** Answers requests with an application's HTTP half. `onError` hears what it throws, and of responses that cannot be sent. */
export function requestListener(
  http: HttpHandler<FrameSocket> | undefined,
  onError: (error: Error, socket: undefined) => void,
): (message: Message, to: Reply) => void {
  async function answer(message: Message, to: Reply): Promise<void> {
    const request = new NodeRequest({ req: message, res: to })
    const response = hasUrl(request)
      ? await answerHttp(http, rawRequest(requestOf(request, message.socket)), onError)
      : refuse(400, BAD_URL).response
    await sendResponse(to, response, onError)
  }
  return (message, to) => void answer(message, to)
}
