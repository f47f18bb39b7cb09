import { clientOf } from '../websocket/client.ts'
import { NotSupportedException } from '../websocket/errors.ts'
import { forwardAbort } from '../websocket/forward-abort.ts'
import { openingWebsocket } from '../websocket/opening-websocket.ts'
import { type UpgradeRequest, upgradeRequest } from '../websocket/upgrade-request.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsClient } from '../websocket/ws-client.ts'
import type { WsConsumer } from '../websocket/ws-handler.ts'
import { pageCodeProblem } from './close-codes.ts'
import { type ConnectOptions, type Settings, settingsOf } from './connect-options.ts'
import { whenOpen } from './opening.ts'
import { PlatformWebsocket } from './platform-websocket.ts'

/**
 * Connects and answers with a client: `send` holds messages until it is open, `received()` iterates. Throws what the
 * platform throws for a URL or subprotocol that cannot be (a `DOMException` named `SyntaxError`), a `RangeError` for
 * another option, and a `NotSupportedException` where there is no `WebSocket`; every failure to connect rejects `opened`.
 */
export function connect(url: string | URL, options: ConnectOptions = {}): WsClient {
  const { opened, abandon } = begin(url, options)
  return clientOf(opened, { abandon, closeProblem: pageCodeProblem })
}

/**
 * Connects and answers with a socket at once, `'connecting'` at first. The consumer is called when it opens; a failure
 * to connect goes to `onError`, and then `onClose` hears `NEVER_CONNECTED`. Throws as `connect` does.
 */
export function open(url: string | URL, options: ConnectOptions, consumer: WsConsumer): Websocket {
  const { opened, abandon, request, settings } = begin(url, options, consumer)
  const { onError } = settings
  return openingWebsocket(opened, { request, abandon, onError, closeProblem: pageCodeProblem })
}

export interface Beginning {
  readonly opened: Promise<Websocket>
  readonly request: UpgradeRequest
  readonly settings: Settings
  abandon(): void
}

/** Begins to connect. The consumer gets the socket before any of its messages. */
export function begin(
  url: string | URL,
  options: ConnectOptions,
  consumer?: WsConsumer,
  Socket: typeof PlatformWebsocket = PlatformWebsocket,
): Beginning {
  const settings = settingsOf(options)
  const { protocols = [], signal } = options
  const platform = platformSocket(url, typeof protocols === 'string' ? protocols : [...protocols])
  const request = requestFor(platform.url)
  const giveUp = new AbortController()
  const unlink = forwardAbort(signal, giveUp)
  const opening = {
    ...settings,
    signal: giveUp.signal,
    url: request.url.replace(/^http/, 'ws'),
  }
  const opened = whenOpen(platform, opening, () => {
    const socket = new Socket(platform, request, settings)
    const terminate = (): void => socket.terminate()
    signal?.addEventListener('abort', terminate)
    socket.onClose(() => signal?.removeEventListener('abort', terminate))
    if (consumer !== undefined) socket.open(consumer)
    return socket
  })
  void opened.then(unlink, unlink)
  return { opened, request, settings, abandon: () => giveUp.abort() }
}

function platformSocket(url: string | URL, protocols: string | string[]): WebSocket {
  if (typeof WebSocket === 'function') return new WebSocket(url, protocols)
  throw new NotSupportedException(
    'this platform has no WebSocket: on Node before 22, connect with antiphon/node',
  )
}

/** What can be told of the platform's request: its URL, without credentials, which a `Request` cannot have. */
function requestFor(socketUrl: string): UpgradeRequest {
  const { protocol, host, pathname, search } = new URL(socketUrl)
  const url = `${protocol.replace('ws', 'http')}//${host}${pathname}${search}`
  const raw = (): Request => new Request(url)
  return upgradeRequest({
    method: 'GET',
    url,
    header: () => null,
    headers: () => new Headers(),
    raw,
  })
}
