import type { HeaderField } from '../protocol/handshake/header-field.ts'
import { type HandshakeRequest, isUpgrade } from '../protocol/handshake/server-handshake.ts'
import type { PolyHandler } from '../routing/poly-handler.ts'
import { routedRequest } from '../routing/routed-request.ts'
import { NotSupportedException } from '../websocket/errors.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'
import { isPromiseLike, type MaybePromise } from '../websocket/maybe-promise.ts'
import type { MessageCore } from '../websocket/message-core.ts'
import { largestMessageProblem } from '../websocket/message-options.ts'
import type { MessageTransport } from '../websocket/message-transport.ts'
import { MessageWebsocket } from '../websocket/message-websocket.ts'
import { type Server, serverKey } from '../websocket/server.ts'
import type { WsConsumer } from '../websocket/ws-handler.ts'
import { type FetchEngine, fetchSettings } from './fetch-engine.ts'
import { answerHttp } from './http-half.ts'
import { OpenSockets } from './open-sockets.ts'
import { type AcceptedUpgrade, decideUpgrade, refuse, type UpgradeOutcome } from './upgrade.ts'
import type { ServerSettings, WebSockets } from './web-sockets.ts'

/** An upgrade that is to be taken now. */
export interface TakenUpgrade {
  /** The subprotocol to answer, `''` for none. */
  readonly protocol: string
  /** The application's headers for the 101 response. */
  readonly headers: readonly HeaderField[]
  /** Makes the socket once the runtime's is open, and calls its consumer; what is returned is to be told what happens. */
  open(transport: MessageTransport): MessageCore
}

/** An application as a fetch-style handler of one runtime. */
export interface FetchUpgrades {
  readonly settings: ServerSettings
  readonly sockets: OpenSockets
  /**
   * Answers a request, with what `rawRequest` has put into it; never throws or rejects. An upgrade that the application
   * takes is handed to `take`, which has the runtime answer it.
   */
  answer<R>(request: Request, take: (upgrade: TakenUpgrade) => R): MaybePromise<R | Response>
}

/**
 * Does for a runtime's server what the runtime does not: handshake check, the application's decision, origin policy,
 * subprotocol, limits, the HTTP half. Throws as `fetchSettings` does.
 */
export function fetchUpgrades(
  app: PolyHandler<FrameSocket>,
  engine: FetchEngine,
  webSockets: WebSockets,
  server: () => Server | undefined,
): FetchUpgrades {
  const settings = fetchSettings(webSockets, engine)
  const sockets = new OpenSockets(settings.clock)
  const largestMessage =
    engine.reads === 'maxMessageSize' ? settings.limits.maxMessageSize : engine.largestMessage
  const shared = { ...settings, largestMessage }
  const { http, ws } = app
  const served: PolyHandler<FrameSocket> = {
    http,
    ws: ws && ((request) => ws(request.with(serverKey, server()))),
  }

  function taken(accepted: AcceptedUpgrade): TakenUpgrade {
    return {
      protocol: accepted.protocol,
      headers: accepted.ownHeaders,
      open(transport) {
        const socket: MessageWebsocket = new MessageWebsocket(transport, {
          upgradeRequest: accepted.request,
          settings: shared,
          limits: { ...accepted.limits },
          maxBufferedAmount: accepted.maxBufferedAmount,
          onGone: () => sockets.delete(socket.core),
        })
        sockets.add(socket.core)
        // The engine's type has made sure that the application asks for no more than its sockets can do.
        socket.open(accepted.consumer as WsConsumer)
        return socket.core
      },
    }
  }

  return {
    settings,
    sockets,
    answer(request, take) {
      const handshake = handshakeOf(request, engine.assumed)
      if (!isUpgrade(handshake)) return answerHttp(http, request, settings.onError)
      const finish = (outcome: UpgradeOutcome): ReturnType<typeof take> | Response => {
        if (outcome.kind === 'unmatched') return refuse(404, 'no WebSocket here').response
        if (outcome.kind === 'refused') return outcome.response
        if (sockets.stopping) return goingDown()
        const { maxMessageSize } = outcome.limits
        const problem = largestMessageProblem(maxMessageSize, engine, largestMessage)
        if (problem === undefined) return take(taken(outcome))
        settings.onError(new NotSupportedException(problem), undefined)
        return handlerFailed()
      }
      const outcome = decideUpgrade(served, routedRequest(request), handshake, settings)
      return isPromiseLike(outcome) ? outcome.then(finish) : finish(outcome)
    },
  }
}

function handshakeOf(
  { method, headers }: Request,
  assumed: Readonly<Record<string, string>> = {},
): HandshakeRequest {
  return { method, header: (name) => headers.get(name) ?? assumed[name] ?? null }
}

function handlerFailed(): Response {
  return refuse(500, 'the handler failed').response
}

function goingDown(): Response {
  return refuse(503, 'the server is going down', [['Retry-After', '1']]).response
}
