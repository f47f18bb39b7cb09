import { includesToken } from '../protocol/headers/header-tokens.ts'
import type { PolyHandler } from '../routing/poly-handler.ts'
import type { Engine } from '../serving/engine.ts'
import { type FetchEngine, fetchSettings } from '../serving/fetch-engine.ts'
import { fetchUpgrades } from '../serving/fetch-upgrade.ts'
import {
  checkTls,
  type ListenOptions,
  listeningServer,
  listenOptions,
} from '../serving/listening-server.ts'
import type { StopPlan } from '../serving/stop-plan.ts'
import { WEB_SOCKETS, type WebSocketsLacking } from '../serving/web-sockets.ts'
import type { Capability } from '../websocket/capability.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'
import { requestOf } from '../websocket/request/upgrade-request.ts'
import type { Server } from '../websocket/server.ts'
import { duration } from '../websocket/support/option-checks.ts'
import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'
import type { Websocket } from '../websocket/websocket.ts'
import { POLLED_LACKS, type PolledLacks } from '../websocket/whole-messages/polled-transport.ts'
import type { CapableLink } from '../websocket/ws-link.ts'
import type { WsStatus } from '../websocket/ws-status.ts'
import { denoRuntime } from './deno-runtime.ts'
import { DenoTransport } from './deno-transport.ts'

/** What Deno's server cannot do. `node()` of `antiphon/node` can, on Deno, too. */
export type DenoLacks = PolledLacks | 'compression'

/** What the sockets of Deno can do. */
export interface DenoSocket extends Websocket {
  readonly link: DenoLink
}

// Named, for the errors of the compiler to be short.
interface DenoLink extends CapableLink<Exclude<Capability, DenoLacks>> {}

const traits: FetchEngine<DenoLacks> = {
  name: 'deno',
  lacks: [...POLLED_LACKS, 'compression'],
  // Deno reads less than 64 MiB.
  largestMessage: 64 * 1024 * 1024 - 1,
}

/** Options of `deno`. */
export interface DenoOptions extends ListenOptions {
  /** Certificate and key as PEM: then it is `https:` and `wss:`. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined
  /**
   * Milliseconds without a word from the peer, not even a Pong, after which Deno drops a connection; after half of them
   * it pings. Default 0: never.
   */
  readonly idleTimeout?: number | undefined
  /** The configuration of WebSockets, as far as Deno can follow it. */
  readonly webSockets?: WebSocketsLacking<DenoLacks> | undefined
}

const DENO_OPTIONS: OptionNames<DenoOptions> = {
  port: 0,
  hostname: 0,
  tls: 0,
  idleTimeout: 0,
  webSockets: WEB_SOCKETS,
}

/**
 * The engine for Deno, by `Deno.serve`: HTTP and WebSockets on one port. Throws a `TypeError` for an unknown option.
 */
export function deno(options: DenoOptions = {}): Engine<DenoSocket, DenoLacks> {
  checkNames('deno()', options, DENO_OPTIONS)
  return { name: traits.name, lacks: traits.lacks, start: (app) => start(app, options) }
}

/** Deno's unit of time, in milliseconds. */
const SECOND = 1_000

/** Milliseconds that a stop waits for sockets that have not opened. */
const MOMENT = 100

/** Rejects with Deno's error if it cannot listen. */
async function start(app: PolyHandler<FrameSocket>, options: DenoOptions): Promise<Server> {
  const { tls, webSockets = {} } = options
  const { port, hostname } = listenOptions(options)
  checkTls(tls)
  const runtime = denoRuntime()
  const idleTimeout = duration('idleTimeout', options.idleTimeout, 0) / SECOND
  const settings = fetchSettings(webSockets, traits)
  const { answer, failed, sockets } = fetchUpgrades(app, settings, () => server)
  const answering = new Set<Promise<void>>()
  const abort = new AbortController()
  let stopped: WsStatus | undefined
  let opening = 0
  const listener = runtime.serve(
    { port, hostname, ...tls, signal: abort.signal, onListen() {}, onError: failed },
    (request, { completed, remoteAddr }) => {
      const forget = (): boolean => answering.delete(completed)
      answering.add(completed)
      completed.then(forget, forget)
      const peer = { remoteAddress: remoteAddr.hostname }
      return answer(requestOf(lasting(request), peer), (upgrade) => {
        // Not with its option `protocol`: Deno does not find a subprotocol after a comma without a space.
        const { socket, response } = runtime.upgradeWebSocket(request, { idleTimeout })
        for (const [name, value] of upgrade.headers) response.headers.append(name, value)
        socket.binaryType = 'arraybuffer'
        opening++
        socket.onopen = () => {
          opening--
          if (stopped) return socket.close(stopped.code, stopped.message)
          const transport = new DenoTransport(socket, settings.clock)
          const core = upgrade.open(transport)
          socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
            transport.heard()
            core.received(data)
          }
          socket.onclose = (event) =>
            core.ended(event.code, event.reason, transport.closedCleanly(event))
        }
        return response
      })
    },
  )

  async function stop(plan: StopPlan): Promise<void> {
    stopped = plan.status
    const closed = sockets.stop(plan)
    let cancel = (): void => {}
    const deadline = new Promise<'late'>((resolve) => {
      cancel = settings.clock.after(plan.drain, () => resolve('late'))
    })
    await closed
    const late = (await Promise.race([Promise.allSettled(answering), deadline])) === 'late'
    if (late) abort.abort()
    // Only now, since it closes the WebSockets that are left, with a status of its own, and nothing can be aborted after.
    const over = late ? listener.finished : Promise.race([listener.shutdown(), deadline])
    // A socket whose client left before the answer never opens, and Deno waits for it for good.
    const moment = new Promise<void>((resolve) => opening && settings.clock.after(MOMENT, resolve))
    await Promise.race([over, moment])
    cancel()
  }

  const where = { port: listener.addr.port, hostname, secure: tls !== undefined }
  const server = listeningServer(where, stop)
  return server
}

/** A request that can still be read after the upgrade: the headers of Deno's own cannot. */
function lasting(request: Request): Request {
  const { method, url, headers } = request
  if (method !== 'GET' || !includesToken(headers.get('upgrade'), 'websocket')) return request
  try {
    return new Request(url, { headers })
  } catch {
    // Its Host makes no URL, so it will be refused.
    return request
  }
}
