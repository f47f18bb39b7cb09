import type { Http2ServerResponse } from 'node:http2'
import type { Duplex } from 'node:stream'
import { asError } from '../../protocol/errors/thrown.ts'
import { formatUpgrade } from '../../protocol/handshake/server-handshake.ts'
import type { PolyHandler } from '../../routing/poly-handler.ts'
import { acceptedSocket } from '../../serving/accepted-socket.ts'
import { failure, goingDown, notHere, refuse } from '../../serving/refusal.ts'
import type { StopPlan } from '../../serving/stop-plan.ts'
import { type AcceptedUpgrade, decideUpgrade, type UpgradeOutcome } from '../../serving/upgrade.ts'
import type { ServerSettings } from '../../serving/web-sockets.ts'
import { sessionDefaultsKey } from '../../session/session-defaults.ts'
import type { FrameSocket } from '../../websocket/frame-socket.ts'
import { requestValues, upgradeRequest } from '../../websocket/request/upgrade-request.ts'
import { type Server, serverKey } from '../../websocket/server.ts'
import type { StoppableWebsocket } from '../../websocket/socket/stoppable-websocket.ts'
import { cancelBody } from '../../websocket/support/cancel-body.ts'
import { isPromiseLike, type MaybePromise } from '../../websocket/support/maybe-promise.ts'
import { respond } from '../http/respond.ts'
import { sendResponse } from '../http/send-response.ts'
import { dropUnread, reset } from '../stream/http2-stream.ts'
import { serverPorts } from '../stream/ports.ts'
import { StreamTransport } from '../stream/stream-transport.ts'
import { acceptConnect } from './accept-connect.ts'
import { acceptKey } from './accept-key.ts'
import { earlierAnswers } from './earlier-answers.ts'
import { hush, unhush } from './hush.ts'
import { leaveToOthers } from './left-streams.ts'
import { SocketSet } from './socket-set.ts'
import { answeredAlready, claim, isClaimed } from './stream-mark.ts'
import { MOST_HEADERS, type UpgradeSource } from './upgrade-source.ts'

/** Handles the upgrades of one server. */
export interface Upgrades {
  /** Lets the application decide; then opens a socket on the stream, or answers there. */
  take(asked: Asked): void
  /** Open sockets. */
  readonly size: number
  /** Takes no more upgrades and closes the open sockets. Call it once. */
  stop(plan: StopPlan): Promise<void>
}

/** An upgrade that is to be answered. */
export interface Asked {
  readonly source: UpgradeSource
  readonly stream: Duplex
  /** What came after the request. */
  readonly head: Uint8Array
  /** Whether others listen for upgrades, too: one that no route takes is then left to them. */
  readonly shared?: boolean | undefined
  /** What to answer with over HTTP/2. Over HTTP/1.1, the answer is written to the stream. */
  readonly reply?: Http2ServerResponse | undefined
}

/** Lets an application decide about upgrades. `server` is theirs, if it is one of ours. */
export function upgradesOf(
  app: PolyHandler<FrameSocket>,
  settings: ServerSettings,
  server?: Server,
): Upgrades {
  const sockets = new SocketSet(settings.clock)
  const onGone = (socket: StoppableWebsocket): void => void sockets.delete(socket)
  const ofServer = { ports: serverPorts, settings, onGone }
  const values = requestValues(
    sessionDefaultsKey,
    settings.sessions,
    requestValues(serverKey, server),
  )

  function take(asked: Asked): void {
    const earlier = earlierAnswers(asked.stream)
    const outcome = earlier === undefined ? decide(asked) : earlier.then(() => decide(asked))
    if (isPromiseLike(outcome)) void wait(outcome, asked)
    else finish(outcome, asked)
  }

  function decide({ source, shared }: Asked): MaybePromise<UpgradeOutcome> {
    return source.size < MOST_HEADERS
      ? decideUpgrade(app, upgradeRequest(source, values), source, settings, shared)
      : refuse(431, `a WebSocket handshake has fewer than ${MOST_HEADERS} headers`)
  }

  async function wait(decided: PromiseLike<UpgradeOutcome>, asked: Asked): Promise<void> {
    const { stream, shared, reply } = asked
    hush(stream)
    // Not if it is shared: another listener may be the one to read it. Node does not read a stream that it hands over.
    if (!shared && !reply && !isClaimed(stream)) stream.pause()
    const release = sockets.hold(stream)
    finish(await decided, asked)
    release()
  }

  function finish(outcome: UpgradeOutcome, asked: Asked): void {
    try {
      settle(outcome, asked)
    } catch (thrown) {
      discard(outcome)
      fail(asked.stream, thrown)
    }
    asked.source.compact()
  }

  /** Opens the socket, answers over HTTP, or leaves the stream to other listeners. Throws what a stream's write throws. */
  function settle(outcome: UpgradeOutcome, asked: Asked): void {
    const { stream, shared, reply } = asked
    if (outcome.kind === 'unmatched' && shared) {
      hush(stream)
      leaveToOthers(stream, settings.clock, () => send(asked, notHere()))
    } else if (reply?.headersSent || !claim(stream)) {
      discard(outcome)
      settings.onError(answeredAlready(), undefined)
    } else if (stream.destroyed || stream.writableEnded) {
      // Another listener has ended it, as Socket.IO does after a second, or an earlier answer that says `close`.
      discard(outcome)
      hush(stream)
      // Read it to its end, which nobody would notice otherwise.
      stream.resume()
    } else if (outcome.kind === 'accepted' && !sockets.stopping) {
      open(outcome, asked)
    } else if (outcome.kind === 'refused') {
      send(asked, outcome.response)
    } else {
      discard(outcome)
      send(asked, outcome.kind === 'accepted' ? goingDown() : notHere())
    }
  }

  function open(accepted: AcceptedUpgrade, { stream, head, reply }: Asked): void {
    const transport = new StreamTransport(stream)
    if (reply) acceptConnect(reply, accepted.answer)
    else transport.answer(formatUpgrade(accepted.answer, acceptKey))
    const socket = acceptedSocket(accepted, transport, ofServer)
    sockets.add(socket)
    sockets.waitFor(socket.open(accepted.consumer))
    transport.start(socket.handler, head)
    // The socket listens for errors itself.
    unhush(stream)
  }

  function send({ source, stream, reply }: Asked, response: Response): void {
    hush(stream)
    sockets.hold(stream)
    const headOnly = source.method === 'HEAD'
    const instead = (thrown: unknown): Response => failure(thrown, settings.onError)
    if (reply) dropUnread(reply.stream)
    const answered = reply
      ? sendResponse(reply, refusalOf(response), settings.onError)
      : respond(stream, response, { headOnly, instead })
    answered.catch((thrown: unknown) => fail(stream, thrown))
  }

  function fail(stream: Duplex, thrown: unknown): void {
    settings.onError(asError(thrown), undefined)
    reset(stream)
  }

  return {
    take,
    get size() {
      return sockets.opened
    },
    stop: (plan) => sockets.stop(plan),
  }
}

/** To a CONNECT, any 2xx would say that it is accepted (RFC 9110, section 9.3.6): a page is no WebSocket. */
function refusalOf(response: Response): Response {
  if (!response.ok) return response
  void cancelBody(response.body)
  return notHere()
}

/** Closes what was made for a socket that will not open, or for an answer that nobody will get. */
function discard(outcome: UpgradeOutcome): void {
  if (outcome.kind === 'refused') void cancelBody(outcome.response.body)
  if (outcome.kind !== 'accepted') return
  for (const extension of outcome.extensions) extension.close?.()
}
