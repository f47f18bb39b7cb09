import { clientOf } from '../websocket/client.ts'
import type { Clock } from '../websocket/clock.ts'
import { WebSocketConnectException } from '../websocket/errors.ts'
import { openingWebsocket } from '../websocket/opening-websocket.ts'
import { requestOf, type UpgradeRequest } from '../websocket/upgrade-request.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsClient } from '../websocket/ws-client.ts'
import type { WsConsumer } from '../websocket/ws-handler.ts'
import { PlatformWebsocket } from './platform-websocket.ts'

/** How to connect; the platform sets no headers, and has its own TLS. */
export interface ConnectOptions {
  /** Subprotocols to offer, the preferred one first. */
  readonly protocols?: string | readonly string[]
  /** Milliseconds for all of opening. Default 15,000. */
  readonly timeout?: number
  /** Aborting it gives up opening, or ends the socket. */
  readonly signal?: AbortSignal
  readonly clock?: Clock
  /** Hears of faults that no `onError` listener took. Default: `console.error`. */
  readonly onError?: (error: Error, socket: Websocket) => void
}

const TIMEOUT = 15_000

/**
 * Connects and answers with a client: `send` holds messages until it is open, `received()` iterates. Throws a
 * `SyntaxError` for a URL or subprotocol that cannot be; every failure to connect rejects `opened`.
 */
export function connect(url: string | URL, options: ConnectOptions = {}): WsClient {
  const { opened, abandon } = begin(url, options, undefined)
  return clientOf(opened, { abandon })
}

/**
 * Connects and answers with a socket at once, `'connecting'` at first. The consumer is called when it opens; a failure
 * to connect goes to `onError`, and then `onClose` hears `NEVER_CONNECTED`. Throws as `connect` does.
 */
export function open(url: string | URL, options: ConnectOptions, consumer: WsConsumer): Websocket {
  const { opened, abandon, request } = begin(url, options, consumer)
  const onError = options.onError ?? ((error: Error) => console.error('antiphon:', error))
  return openingWebsocket(opened, { request, abandon, onError })
}

interface Beginning {
  readonly opened: Promise<Websocket>
  readonly request: UpgradeRequest
  abandon(): void
}

function begin(
  url: string | URL,
  options: ConnectOptions,
  consumer: WsConsumer | undefined,
): Beginning {
  const { protocols = [], timeout = TIMEOUT, signal } = options
  const platform = new WebSocket(url, typeof protocols === 'string' ? protocols : [...protocols])
  const request = requestOf(new Request(platform.url.replace(/^ws/, 'http')))
  const abort = new AbortController()
  const opened = new Promise<Websocket>((resolve, reject) => {
    const fail = (stage: 'tcp' | 'timeout' | 'aborted', reason: string, cause?: unknown): void => {
      stop()
      platform.close()
      reject(
        new WebSocketConnectException(stage, `cannot connect to ${platform.url}: ${reason}`, {
          cause,
        }),
      )
    }
    const timer = setTimeout(() => fail('timeout', `no answer within ${timeout} ms`), timeout)
    const aborted = (): void => fail('aborted', 'opening was aborted', signal?.reason)
    const stop = (): void => {
      clearTimeout(timer)
      platform.onopen = null
      platform.onerror = null
      platform.onclose = null
      abort.signal.removeEventListener('abort', aborted)
      signal?.removeEventListener('abort', aborted)
    }
    platform.onerror = () => fail('tcp', 'the platform does not say why')
    platform.onclose = ({ code }) => fail('tcp', `closed with ${code} before it opened`)
    platform.onopen = () => {
      stop()
      const { clock, onError } = options
      const socket = new PlatformWebsocket(platform, { upgradeRequest: request, clock, onError })
      const terminate = (): void => socket.terminate()
      signal?.addEventListener('abort', terminate)
      socket.onClose(() => signal?.removeEventListener('abort', terminate))
      if (consumer !== undefined) socket.open(consumer)
      resolve(socket)
    }
    abort.signal.addEventListener('abort', aborted)
    if (signal?.aborted === true) aborted()
    else signal?.addEventListener('abort', aborted)
  })
  return { opened, request, abandon: () => abort.abort() }
}
