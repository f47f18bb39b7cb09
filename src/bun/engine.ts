import { PING, PONG } from '../protocol/frame/frame-type.ts'
import type { PolyHandler } from '../routing/poly-handler.ts'
import type { Engine } from '../serving/engine.ts'
import { type FetchEngine, fetchSettings } from '../serving/fetch-engine.ts'
import { fetchUpgrades, type TakenUpgrade } from '../serving/fetch-upgrade.ts'
import {
  checkTls,
  type ListenOptions,
  listeningServer,
  listenOptions,
} from '../serving/listening-server.ts'
import { refuse } from '../serving/refusal.ts'
import type { StopPlan } from '../serving/stop-plan.ts'
import { WEB_SOCKETS, type WebSocketsLacking } from '../serving/web-sockets.ts'
import type { Capability } from '../websocket/capability.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'
import { requestOf } from '../websocket/request/upgrade-request.ts'
import type { Server } from '../websocket/server.ts'
import { systemClock } from '../websocket/support/clock.ts'
import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { CapableLink } from '../websocket/ws-link.ts'
import { type BunHandler, type BunTls, bunRuntime } from './bun-runtime.ts'
import { BunTransport } from './bun-transport.ts'

const LACKS = [
  'frames',
  'sendFrame',
  'frameLimits',
  'records',
  'sizes',
  'emptyFragments',
  'pendingPongs',
  'earlyText',
  'extensions',
  'headTimeout',
] as const

/** What Bun's server cannot do; `node()` of `antiphon/node` can, on Bun too. */
export type BunLacks = (typeof LACKS)[number]

/** What the sockets of Bun can do. */
export interface BunSocket extends Websocket {
  readonly link: BunLink
}

// Named, for the errors of the compiler to be short.
interface BunLink extends CapableLink<Exclude<Capability, BunLacks>> {}

const traits: FetchEngine<BunLacks> = {
  name: 'bun',
  lacks: LACKS,
  // Bun counts with 32 bits.
  largestMessage: 2 ** 32 - 1,
  reads: 'maxMessageSize',
}

/** Options of `bun`. */
export interface BunOptions extends ListenOptions {
  /** Listens beside other processes that do the same: the system distributes connections among them. Default false. */
  readonly reusePort?: boolean | undefined
  /** Certificate and key as PEM, and what else Bun takes: then it is `https:` and `wss:`. */
  readonly tls?: BunTls | undefined
  /** Whether to agree to permessage-deflate (RFC 7692), and to compress what is sent. Default false. */
  readonly compression?: boolean | undefined
  /** The configuration of WebSockets, as far as Bun can follow it. */
  readonly webSockets?: WebSocketsLacking<BunLacks> | undefined
}

const BUN_OPTIONS: OptionNames<BunOptions> = {
  port: 0,
  hostname: 0,
  reusePort: false,
  tls: 0,
  compression: false,
  webSockets: WEB_SOCKETS,
}

/** The engine for Bun, by `Bun.serve`: HTTP and WebSockets on one port. Throws a `TypeError` for an unknown option. */
export function bun(options: BunOptions = {}): Engine<BunSocket, BunLacks> {
  checkNames('bun()', options, BUN_OPTIONS)
  return { name: traits.name, lacks: LACKS, start: (app) => start(app, options) }
}

/** How long a connection may take for the head of a request: Bun's own default. */
const HEAD_SECONDS = 10

/** What Bun keeps with a socket. */
interface Data {
  readonly upgrade: TakenUpgrade
  transport?: BunTransport | undefined
}

async function start(app: PolyHandler<FrameSocket>, options: BunOptions): Promise<Server> {
  const { compression = false, tls, webSockets = {} } = options
  const { port, hostname } = listenOptions(options)
  checkTls(tls)
  const runtime = bunRuntime()
  const settings = fetchSettings(webSockets, traits)
  const { answer, failed, sockets } = fetchUpgrades(app, settings, () => server)
  const listening = runtime.serve<Data>({
    port,
    hostname,
    reusePort: options.reusePort === true,
    tls,
    development: false,
    async fetch(request, bunServer) {
      // The head has come: from now on, the application may take its time.
      bunServer.timeout(request, 0)
      // Asked now, since Bun does not know it once the request has been upgraded.
      const remoteAddress = bunServer.requestIP(request)?.address
      const response = await answer(requestOf(request, { remoteAddress }), (upgrade) => {
        const { headers, accepted } = upgrade
        // Otherwise Bun would answer with the first subprotocol that the client offers.
        if (accepted.protocol === '') headers.set('Sec-WebSocket-Protocol', '')
        return bunServer.upgrade(request, { headers, data: { upgrade } })
          ? undefined
          : refuse(400, 'Bun does not take this for a WebSocket handshake').response
      })
      if (response !== undefined) {
        // For the next head on this connection, which waits from the end of the response on.
        bunServer.timeout(request, HEAD_SECONDS)
        // A body that is still being sent may take its time as well. Where none is, this does nothing.
        systemClock.after(0, () => bunServer.timeout(request, 0))
      }
      return response
    },
    error: failed,
    websocket: handler(settings.limits.maxMessageSize, compression),
  })

  async function stop(plan: StopPlan): Promise<void> {
    const stopping = listening.stop()
    const closed = sockets.stop(plan)
    // After the timers of the sockets: it closes those that are open as if their peers had, with a status of its own.
    const cancel = settings.clock.after(plan.drain, () => void listening.stop(true))
    await closed
    await stopping
    cancel()
  }

  const where = { port: listening.port, hostname, secure: tls !== undefined }
  const server = listeningServer(where, stop)
  return server
}

/** The configuration of Bun's WebSockets: timers, bounds and policies are ours. */
function handler(maxMessageSize: number, compression: boolean): BunHandler<Data> {
  return {
    maxPayloadLength: Math.floor(maxMessageSize),
    idleTimeout: 0,
    sendPings: false,
    backpressureLimit: 0,
    closeOnBackpressureLimit: false,
    perMessageDeflate: compression,
    open(socket) {
      const { data } = socket
      socket.binaryType = 'uint8array'
      data.transport = new BunTransport(socket, compression)
      data.transport.core = data.upgrade.open(data.transport)
    },
    message: ({ data }, message) => data.transport?.core?.received(message),
    drain: ({ data }) => data.transport?.drained(),
    close: ({ data }, code, reason) => data.transport?.ended(code, reason),
    ping: ({ data }, payload) => data.transport?.core?.controls?.came(PING, payload),
    pong: ({ data }, payload) => data.transport?.core?.controls?.came(PONG, payload),
  }
}
