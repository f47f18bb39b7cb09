import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { formatUpgrade } from '../protocol/handshake/server-handshake.ts'
import { asError } from '../protocol/thrown.ts'
import type { PolyHandler } from '../routing/poly-handler.ts'
import { acceptedSocket } from '../serving/accepted-socket.ts'
import { goingDown, refuse } from '../serving/refusal.ts'
import { type AcceptedUpgrade, decideUpgrade, type UpgradeOutcome } from '../serving/upgrade.ts'
import type { ServerSettings } from '../serving/web-sockets.ts'
import { sessionDefaultsKey } from '../session/session-defaults.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'
import { isPromiseLike, type MaybePromise } from '../websocket/maybe-promise.ts'
import type { ProtocolWebsocket } from '../websocket/protocol-websocket.ts'
import { type Server, type StopOptions, serverKey } from '../websocket/server.ts'
import { requestValues, upgradeRequest } from '../websocket/upgrade-request.ts'
import { acceptKey } from './accept-key.ts'
import { earlierAnswers } from './earlier-answers.ts'
import { hush, unhush } from './hush.ts'
import type { LeftStreams } from './left-streams.ts'
import { serverPorts } from './ports.ts'
import { respond } from './respond.ts'
import { SocketSet } from './socket-set.ts'
import { StreamTransport } from './stream-transport.ts'
import { MOST_HEADERS, type UpgradeSource } from './upgrade-source.ts'

/** What becomes of the upgrades of one server. */
export interface Upgrades {
  /** Has the application decide; then opens a socket on the stream, or answers there. */
  take(source: UpgradeSource, stream: Duplex, head: Uint8Array): void
  /** Leaves the stream to other listeners, and answers 404 when none of them takes it. */
  leave(stream: Duplex): void
  /** Open sockets. */
  readonly size: number
  /** Takes no more upgrades and closes the open sockets, as `Server.stop` does. */
  stop(options?: StopOptions): Promise<void>
}

export interface UpgradesOptions {
  /** Others listen for upgrades, too: those that no route takes are theirs. */
  readonly others?: LeftStreams
  /** The server, if it is one of ours. */
  readonly server?: Server
}

/** Has an application decide about upgrades. */
export function upgradesOf(
  app: PolyHandler<FrameSocket>,
  settings: ServerSettings,
  { others, server }: UpgradesOptions,
): Upgrades {
  const shared = others !== undefined
  const sockets = new SocketSet(settings.clock)
  const onGone = (socket: ProtocolWebsocket): void => sockets.delete(socket)
  const ofServer = { ports: serverPorts, settings, onGone }
  const values = requestValues(
    sessionDefaultsKey,
    settings.sessions,
    requestValues(serverKey, server),
  )

  function take(source: UpgradeSource, stream: Duplex, head: Uint8Array): void {
    const earlier = earlierAnswers(stream)
    const outcome = earlier === undefined ? decide(source) : earlier.then(() => decide(source))
    if (isPromiseLike(outcome)) void wait(outcome, stream, head)
    else finish(outcome, stream, head)
    source.compact()
  }

  function decide(source: UpgradeSource): MaybePromise<UpgradeOutcome> {
    return source.size < MOST_HEADERS
      ? decideUpgrade(app, upgradeRequest(source, values), source, settings, shared)
      : refuse(431, `a WebSocket handshake has fewer than ${MOST_HEADERS} headers`)
  }

  async function wait(
    decided: PromiseLike<UpgradeOutcome>,
    stream: Duplex,
    head: Uint8Array,
  ): Promise<void> {
    hush(stream)
    // Nothing is lost of one that Node hands over; and another listener may be the one who reads it.
    if (!shared) stream.pause()
    const release = sockets.hold(stream)
    const decidedAbout = others?.decides(stream)
    const outcome = await decided
    decidedAbout?.()
    const answer = finish(outcome, stream, head)
    // An answer on its way is waited for until the stream is closed.
    if (answer === undefined) release()
  }

  /** Opens the socket, or answers over HTTP with what is returned. */
  function finish(outcome: UpgradeOutcome, stream: Duplex, head: Uint8Array): Response | undefined {
    // Another listener may have ended it, as Socket.IO does after a second, or an earlier answer that says `close`.
    if (stream.destroyed || stream.writableEnded) {
      discard(outcome)
      hush(stream)
      // Read to its end, or nobody would hear of that; but what is another listener's is left alone.
      if (!shared || outcome.kind !== 'unmatched') stream.resume()
      return undefined
    }
    const answer = answerTo(outcome)
    if (answer !== undefined) {
      discard(outcome)
      send(stream, answer)
    } else if (outcome.kind === 'accepted') {
      open(outcome, stream, head)
    } else {
      leave(stream)
    }
    return answer
  }

  function answerTo(outcome: UpgradeOutcome): Response | undefined {
    if (outcome.kind === 'refused') return outcome.response
    if (outcome.kind === 'accepted') return sockets.stopping ? goingDown() : undefined
    return shared ? undefined : notHere()
  }

  function open(accepted: AcceptedUpgrade, stream: Duplex, head: Uint8Array): void {
    if (stream instanceof Socket) stream.setTimeout(0).setNoDelay(true)
    stream.write(formatUpgrade(accepted.answer, acceptKey), 'latin1')
    const transport = new StreamTransport(stream)
    const socket = acceptedSocket(accepted, transport, ofServer)
    sockets.add(socket)
    socket.open(accepted.consumer)
    transport.start(socket.handler, head)
    // The socket hears of errors itself.
    unhush(stream)
  }

  function send(stream: Duplex, response: Response): void {
    hush(stream)
    stream.pause()
    sockets.hold(stream)
    respond(stream, response).catch((thrown: unknown) => {
      settings.onError(asError(thrown), undefined)
      stream.destroy()
    })
  }

  function leave(stream: Duplex): void {
    hush(stream)
    const left = (): void => others?.leave(stream, () => send(stream, notHere()))
    const earlier = earlierAnswers(stream)
    if (earlier === undefined) left()
    else void earlier.then(left)
  }

  return {
    take,
    leave,
    get size() {
      return sockets.size
    },
    stop: (options) => sockets.stop(options),
  }
}

function notHere(): Response {
  return refuse(404, 'no WebSocket here').response
}

/** Closes what was made for a socket that will not open. */
function discard(outcome: UpgradeOutcome): void {
  if (outcome.kind !== 'accepted') return
  for (const extension of outcome.extensions) extension.close?.()
}
