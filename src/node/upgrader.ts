import type { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { formatResponse, isUpgrade } from '../protocol/handshake/server-handshake.ts'
import type { PolyHandler } from '../routing/poly-handler.ts'
import {
  type AcceptedUpgrade,
  decideUpgrade,
  refuse,
  type UpgradeOutcome,
} from '../serving/upgrade.ts'
import { serverSettings, type WebSockets } from '../serving/web-sockets.ts'
import { asError } from '../websocket/errors.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'
import { isPromiseLike } from '../websocket/maybe-promise.ts'
import { ProtocolWebsocket } from '../websocket/protocol-websocket.ts'
import type { StopOptions } from '../websocket/server.ts'
import { upgradeRequest } from '../websocket/upgrade-request.ts'
import type { WsHandler } from '../websocket/ws-handler.ts'
import { nodePorts } from './ports.ts'
import { respond } from './respond.ts'
import { SocketSet } from './socket-set.ts'
import { StreamTransport } from './stream-transport.ts'
import { upgradeSource } from './upgrade-source.ts'

/** What becomes of an upgrade that no route takes: a 404, or nothing, since another listener will answer it. */
export type Unmatched = 404 | 'ignore'

export interface UpgraderOptions extends WebSockets {
  /** Default 404. */
  readonly unmatched?: Unmatched
}

/** Node keeps no more headers than these unless told otherwise: what the others say could not be checked. */
const MOST_HEADERS = 1000

/** Turns requests of any `node:http` server into sockets. */
export interface Upgrader {
  /** For the server's `upgrade` event. */
  handleUpgrade(request: IncomingMessage, stream: Duplex, head: Uint8Array): void
  /** Open sockets. */
  readonly size: number
  /** Takes no more upgrades and closes the open sockets, as `Server.stop` does. */
  stop(options?: StopOptions): Promise<void>
}

/** An upgrader for a handler; of a poly handler, both halves may take an upgrade. */
export function upgrader(
  handler: WsHandler<FrameSocket> | PolyHandler<FrameSocket>,
  options: UpgraderOptions = {},
): Upgrader {
  const app = typeof handler === 'function' ? { http: undefined, ws: handler } : handler
  const settings = serverSettings(options, nodePorts)
  const shared = options.unmatched === 'ignore'
  const sockets = new SocketSet(settings.clock)

  function handleUpgrade(message: IncomingMessage, stream: Duplex, head: Uint8Array): void {
    const source = upgradeSource(message)
    if (shared && !isUpgrade(source)) return
    // From here on, a stream that breaks must not break the process.
    stream.on('error', ignore)
    const release = sockets.hold(stream)
    const finish = (outcome: UpgradeOutcome): void => {
      if (stream.destroyed) {
        discard(outcome)
      } else if (outcome.kind === 'refused') {
        send(stream, outcome.response)
      } else if (outcome.kind === 'accepted') {
        if (sockets.stopping) {
          discard(outcome)
          send(stream, goingDown())
        } else {
          open(outcome, stream, head)
          release()
        }
      } else if (shared) {
        stream.off('error', ignore)
        release()
      } else {
        send(stream, refuse(404, 'no WebSocket here').response)
      }
    }
    if (message.rawHeaders.length >= 2 * MOST_HEADERS) {
      finish(refuse(431, `a WebSocket handshake has fewer than ${MOST_HEADERS} headers`))
      return
    }
    const outcome = decideUpgrade(app, upgradeRequest(source), source, settings, shared)
    if (isPromiseLike(outcome)) void outcome.then(finish)
    else finish(outcome)
  }

  function open(accepted: AcceptedUpgrade, stream: Duplex, head: Uint8Array): void {
    if (stream instanceof Socket) stream.setTimeout(0).setNoDelay(true)
    stream.write(formatResponse(101, 'Switching Protocols', accepted.headers), 'latin1')
    const transport = new StreamTransport(stream)
    const socket: ProtocolWebsocket = new ProtocolWebsocket(transport, {
      role: 'server',
      mode: accepted.mode,
      limits: accepted.limits,
      extensions: accepted.extensions,
      reserved: accepted.reserved,
      ports: settings.ports,
      settings,
      maxBufferedAmount: accepted.maxBufferedAmount,
      upgradeRequest: accepted.request,
      protocol: accepted.protocol,
      onGone: () => sockets.delete(socket),
    })
    sockets.add(socket)
    socket.open(accepted.consumer)
    transport.start(socket.handler, head)
  }

  function send(stream: Duplex, response: Response): void {
    respond(stream, response).catch((thrown: unknown) => {
      settings.onError(asError(thrown), undefined)
      stream.destroy()
    })
  }

  return {
    handleUpgrade,
    get size() {
      return sockets.size
    },
    stop: (stopOptions) => sockets.stop(stopOptions),
  }
}

function ignore(): void {}

function goingDown(): Response {
  return refuse(503, 'the server is going down', [['Retry-After', '1']]).response
}

/** It was decided for a peer that is not there any more. */
function discard(outcome: UpgradeOutcome): void {
  if (outcome.kind !== 'accepted') return
  for (const extension of outcome.extensions) extension.close?.()
}
