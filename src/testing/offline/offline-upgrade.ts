import { portablePorts } from '../../protocol/bytes/ports.ts'
import { oneOf } from '../../protocol/errors/one-of.ts'
import { CLIENT_LIMITS } from '../../protocol/frame/limits.ts'
import { checkExtensionConflicts } from '../../protocol/handshake/negotiation.ts'
import { upgradeHeaders } from '../../protocol/handshake/server-handshake.ts'
import { chain } from '../../routing/chain.ts'
import { acceptedSocket } from '../../serving/accepted-socket.ts'
import { polyOf } from '../../serving/engine.ts'
import { ownSettings } from '../../serving/own-settings.ts'
import { type AcceptedUpgrade, decideUpgrade, type UpgradeOutcome } from '../../serving/upgrade.ts'
import { agreementOf } from '../../websocket/client/agreement.ts'
import { WebSocketUpgradeException } from '../../websocket/errors.ts'
import { requestOfHandshake } from '../../websocket/request/handshake-request.ts'
import type { UpgradeRequest } from '../../websocket/request/upgrade-request.ts'
import { ProtocolWebsocket } from '../../websocket/socket/protocol-websocket.ts'
import type { SenderOptions } from '../../websocket/socket/sender.ts'
import {
  connectionLimits,
  type ResolvedSettings,
  socketSettings,
} from '../../websocket/socket/socket-options.ts'
import { SOCKET_MODES } from '../../websocket/socket-mode.ts'
import { systemClock } from '../../websocket/support/clock.ts'
import { headersFrom } from '../../websocket/support/headers-from.ts'
import type { MaybePromise } from '../../websocket/support/maybe-promise.ts'
import { began } from '../clock/leaks.ts'
import { sparingTimers } from '../clock/sparing-timers.ts'
import { watchedClock } from '../clock/watched-clock.ts'
import { MemoryTransport, type TransportEnd } from './memory-transport.ts'
import { headOf, isUpgradeRequest, offlineHandshake } from './offline-handshake.ts'
import type { OfflineOptions, TestApp, TestRequest } from './offline-options.ts'
import { passingOn } from './opening-response.ts'

/** An upgrade that has been asked for; what bounds sending is the client's. */
export interface OfflineUpgrade extends SenderOptions {
  /** Rejects with a `WebSocketUpgradeException` when it is refused. */
  readonly connection: MaybePromise<OfflineConnection>
  /** If it has been refused already: the refusal, without the body of the answer, which is not read yet. */
  readonly refusal: WebSocketUpgradeException | undefined
  /** What the client has for its `upgradeRequest`. */
  readonly request: UpgradeRequest
  /** The client's hook. */
  readonly onError: ResolvedSettings['onError']
}

/** Both ends, joined; nothing happens before `start`. */
export interface OfflineConnection {
  readonly client: ProtocolWebsocket
  /** Those of the 101 response. */
  readonly headers: Headers
  /** Hands the server's end to the application. */
  start(): void
  /** The application's socket fails, as if its consumer had thrown this; not before `start`, nor once it is closed. */
  pushError(error: Error): void
}

/**
 * An upgrade through the whole of the application, in memory. Throws for options and requests that cannot be, as `connect`
 * does.
 */
export function offlineUpgrade(
  app: TestApp,
  request: TestRequest,
  options: OfflineOptions,
): OfflineUpgrade {
  const { zlib, transport = () => MemoryTransport.pair() } = options
  const ports = zlib === undefined ? portablePorts : { ...portablePorts, zlib }
  const time = options.clock ?? systemClock
  const clock = watchedClock(time)
  const settings = sparingTimers(socketSettings({ ...options, clock }), time)
  const serverTime = options.webSockets?.clock ?? time
  const server = sparingTimers(
    ownSettings({ ...options.webSockets, clock: watchedClock(serverTime) }, zlib),
    serverTime,
  )
  const limits = connectionLimits(options, CLIENT_LIMITS)
  const context = { role: 'client', limits, zlib } as const
  // Extensions need whole messages: those who want frames or fragments get them as they are on the wire.
  const mode = oneOf('mode', options.mode ?? 'messages', SOCKET_MODES)
  const { extensions = [] } = mode === 'messages' ? options : {}
  checkExtensionConflicts(extensions)
  const offers = extensions.flatMap((factory) => factory.offers(context))
  const handshake = offlineHandshake(request, options, offers)
  const own = requestOfHandshake(handshake)
  const life = new Lifetime(own.path)
  const { remoteAddress } = options
  const seen = isUpgradeRequest(request)
    ? withHeaders(request, own.headers)
    : requestOfHandshake(handshake, { remoteAddress })
  const outcome = decideUpgrade(passingOn(polyOf(app)), seen, headOf(handshake), server)

  let refusal: WebSocketUpgradeException | undefined

  function join(decided: UpgradeOutcome): MaybePromise<OfflineConnection> {
    if (decided.kind !== 'accepted') {
      life.over()
      const response =
        decided.kind === 'refused'
          ? decided.response
          : new Response('no route took it', { status: 404 })
      refusal = refusalOf(response, '')
      return refused(response)
    }
    const fields = upgradeHeaders(decided.answer)
    const headers = headersFrom(fields)
    const agreed = agreementOf({ status: 101, headers }, handshake, extensions, context)
    if (typeof agreed === 'string') {
      life.over()
      return mistaken(agreed, headers)
    }
    const [near, far] = transport()
    const client = new ProtocolWebsocket(near, {
      role: 'client',
      mode,
      limits,
      extensions: agreed.extensions,
      reserved: agreed.reserved,
      ports,
      settings,
      upgradeRequest: own,
      protocol: agreed.protocol,
      onGone: () => life.gone(),
    })
    near.attach(client.handler)
    life.client = client
    return {
      client,
      headers,
      start: () => serveOffline(far, decided),
      pushError(error) {
        if (life.server?.state === 'closed') return
        // A socket takes faults from consumers, so it gets one that throws.
        life.server?.open(() => {
          throw error
        })
      },
    }
  }

  function serveOffline(transport: TransportEnd, accepted: AcceptedUpgrade): void {
    const onGone = (): void => life.gone()
    const socket = acceptedSocket(accepted, transport, { ports, settings: server, onGone })
    life.server = socket
    socket.open(accepted.consumer)
    transport.attach(socket.handler)
  }

  const connection = chain(outcome, join)
  const { highWaterMark, maxBufferedAmount, slowConsumer, onError } = settings
  return {
    connection,
    refusal,
    request: own,
    highWaterMark,
    maxBufferedAmount,
    slowConsumer,
    onError,
  }
}

/** A request of the user's with the headers of the handshake, and so of the client's options. */
function withHeaders(request: UpgradeRequest, headers: Headers): UpgradeRequest {
  let changed = request
  for (const [name, value] of headers) {
    if (changed.header(name) !== value) changed = changed.withHeader(name, value)
  }
  return changed
}

/** The time from the handshake until both ends are gone, which a check for leaks looks at. */
class Lifetime {
  client: ProtocolWebsocket | undefined
  server: ProtocolWebsocket | undefined
  #gone = 0
  /** Called when it has ended. */
  readonly over: () => void

  constructor(path: string) {
    this.over = began(() => {
      const [client = 'opening', server = 'opening'] = [this.client?.state, this.server?.state]
      return `a socket to ${path}: client ${client}, server ${server}`
    })
  }

  gone(): void {
    this.#gone += 1
    if (this.#gone === 2 || this.server === undefined) this.over()
  }
}

async function refused(response: Response): Promise<never> {
  throw refusalOf(response, await response.text())
}

function refusalOf({ status, headers }: Response, body: string): WebSocketUpgradeException {
  const said = body.trim() === '' ? '' : `: ${body.trim()}`
  return new WebSocketUpgradeException(`the application answered ${status}, not 101${said}`, {
    status,
    headers,
    body,
  })
}

async function mistaken(problem: string, headers: Headers): Promise<never> {
  throw new WebSocketUpgradeException(problem, { status: 101, headers, body: '' }, 'handshake')
}
