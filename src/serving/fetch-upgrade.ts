import { type HandshakeRequest, isUpgrade } from '../protocol/handshake/server-handshake.ts'
import { chain } from '../routing/chain.ts'
import type { PolyHandler } from '../routing/poly-handler.ts'
import { rawRequest } from '../routing/routed-request.ts'
import { NotSupportedException } from '../websocket/errors.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'
import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import { type Server, serverKey } from '../websocket/server.ts'
import { attempt } from '../websocket/support/attempt.ts'
import { headersFrom } from '../websocket/support/headers-from.ts'
import type { MaybePromise } from '../websocket/support/maybe-promise.ts'
import type { MessageCore } from '../websocket/whole-messages/message-core.ts'
import { largestMessageProblem } from '../websocket/whole-messages/message-options.ts'
import type { MessageTransport } from '../websocket/whole-messages/message-transport.ts'
import { MessageWebsocket } from '../websocket/whole-messages/message-websocket.ts'
import type { WsConsumer } from '../websocket/ws-handler.ts'
import type { FetchSettings } from './fetch-engine.ts'
import { answerHttp } from './http-half.ts'
import { OpenSockets } from './open-sockets.ts'
import { failure, goingDown, notHere } from './refusal.ts'
import { type AcceptedUpgrade, decideUpgrade, type UpgradeOutcome } from './upgrade.ts'

/** An upgrade that is to be taken now. */
export interface TakenUpgrade {
  readonly accepted: AcceptedUpgrade
  /** For the 101 response: those of the application, and the subprotocol, if there is one. */
  readonly headers: Headers
  /** Makes the socket once the runtime's is open, and calls its consumer. Report events to the core that it returns. */
  open(transport: MessageTransport): MessageCore
}

/** An application as a fetch-style handler of one runtime. */
export interface FetchUpgrades {
  readonly sockets: OpenSockets
  /**
   * Answers a request; never throws or rejects. An upgrade that the application takes is handed to `take`, which has the
   * runtime answer it; if it throws or rejects, the answer is a 500. Once the server stops, every answer is a 503.
   */
  answer<R>(
    request: UpgradeRequest,
    take: (upgrade: TakenUpgrade) => MaybePromise<R>,
  ): MaybePromise<R | Response>
  /** The answer in place of one that the runtime could not send. */
  failed(thrown: unknown): Response
}

/**
 * Does for a runtime's server what the runtime does not: handshake check, the application's decision, origin policy,
 * subprotocol, limits, the HTTP half.
 */
export function fetchUpgrades(
  app: PolyHandler<FrameSocket>,
  settings: FetchSettings,
  server?: () => Server,
): FetchUpgrades {
  const sockets = new OpenSockets(settings.clock)
  const { engine, largestMessage } = settings

  function taken(accepted: AcceptedUpgrade): TakenUpgrade {
    const { protocol } = accepted
    const headers = headersFrom(accepted.ownHeaders)
    if (protocol !== '') headers.set('Sec-WebSocket-Protocol', protocol)
    return {
      accepted,
      headers,
      open(transport) {
        const socket: MessageWebsocket = new MessageWebsocket(transport, {
          upgradeRequest: accepted.request,
          settings,
          protocol,
          maxMessageSize: accepted.limits.maxMessageSize,
          maxBufferedAmount: accepted.maxBufferedAmount,
          slowConsumer: accepted.slowConsumer,
          onGone: () => sockets.delete(socket.core),
        })
        sockets.add(socket.core)
        // By the engine's type, and by `checkNeeds`, the consumer needs no more than this socket can do.
        sockets.waitFor(socket.open(accepted.consumer as WsConsumer))
        return socket.core
      },
    }
  }

  const failed = (thrown: unknown): Response => failure(thrown, settings.onError)

  return {
    sockets,
    failed,
    answer(request, take) {
      // Plain HTTP, too: not every runtime can stop listening without dropping the WebSockets that it has.
      if (sockets.stopping) return goingDown()
      const handshake = handshakeOf(request, engine.assumed)
      if (!isUpgrade(handshake)) return answerHttp(app.http, rawRequest(request), settings.onError)
      const finish = (outcome: UpgradeOutcome): ReturnType<typeof take> | Response => {
        if (outcome.kind === 'unmatched') return notHere()
        if (outcome.kind === 'refused') return outcome.response
        if (sockets.stopping) return goingDown()
        const { maxMessageSize } = outcome.limits
        const problem = largestMessageProblem(maxMessageSize, engine, largestMessage)
        if (problem !== undefined) throw new NotSupportedException(problem)
        return take(taken(outcome))
      }
      const own = request.with(serverKey, server?.())
      return attempt(
        () => chain(decideUpgrade(app, own, handshake, settings), finish),
        (response) => response,
        failed,
      )
    },
  }
}

function handshakeOf(
  request: UpgradeRequest,
  assumed: Readonly<Record<string, string>> = {},
): HandshakeRequest {
  const { method } = request
  return { method, header: (name) => request.header(name) ?? assumed[name] ?? null }
}
