import { includesToken } from '../protocol/header-tokens.ts'
import type { PolyHandler } from '../routing/poly-handler.ts'
import { rawRequest } from '../routing/routed-request.ts'
import type { FetchEngine } from '../serving/fetch-engine.ts'
import { fetchUpgrades, type TakenUpgrade } from '../serving/fetch-upgrade.ts'
import { listeningServer } from '../serving/listening-server.ts'
import type { StopPlan } from '../serving/stop-plan.ts'
import type { Clock } from '../websocket/clock.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'
import { duration } from '../websocket/option-checks.ts'
import type { Server } from '../websocket/server.ts'
import { requestOf } from '../websocket/upgrade-request.ts'
import type { WsStatus } from '../websocket/ws-status.ts'
import { denoRuntime } from './deno-runtime.ts'
import { DenoTransport } from './deno-transport.ts'
import type { DenoOptions } from './engine.ts'

/** Deno's unit of time, in milliseconds. */
const SECOND = 1_000

/** Listens. Rejects when it cannot, with the error of Deno's. */
export async function startServer(
  app: PolyHandler<FrameSocket>,
  traits: FetchEngine,
  options: DenoOptions,
): Promise<Server> {
  const { port = 0, hostname = '127.0.0.1', tls, webSockets = {} } = options
  const runtime = denoRuntime()
  const idleTimeout = duration('idleTimeout', options.idleTimeout, 0)
  const { answer, sockets, settings } = fetchUpgrades(app, traits, webSockets, () => server)
  const answering = new Set<Promise<void>>()
  const abort = new AbortController()
  let stopped: WsStatus | undefined
  const listener = runtime.serve(
    { port, hostname, ...tls, signal: abort.signal, onListen() {} },
    (request, { completed, remoteAddr }) => {
      const forget = (): boolean => answering.delete(completed)
      answering.add(completed)
      completed.then(forget, forget)
      const peer = { remoteAddress: remoteAddr.hostname }
      return answer(rawRequest(requestOf(lasting(request), peer)), (upgrade) => {
        // Not its option `protocol`: Deno finds none that stands behind a comma without a space.
        const { socket, response } = runtime.upgradeWebSocket(request, {
          idleTimeout: idleTimeout / SECOND,
        })
        for (const [name, value] of upgrade.headers) response.headers.append(name, value)
        socket.onopen = () => {
          if (stopped === undefined) open(socket, upgrade, settings.clock)
          else socket.close(stopped.code, stopped.message)
        }
        return response
      })
    },
  )

  async function stop(plan: StopPlan): Promise<void> {
    stopped = plan.status
    const closed = sockets.stop(plan)
    const cancel = settings.clock.after(plan.drain, () => abort.abort())
    await closed
    await Promise.race([Promise.allSettled(answering), listener.finished])
    cancel()
    // Only now, since it closes the WebSockets that are left, with a status of its own.
    if (!abort.signal.aborted) await listener.shutdown()
    await listener.finished
  }

  const where = { port: listener.addr.port, hostname, secure: tls !== undefined }
  const server = listeningServer(where, stop)
  return server
}

/** What can still be read when Deno has upgraded the request: of its own, the headers cannot. */
function lasting(request: Request): Request {
  const { method, url, headers } = request
  if (method !== 'GET' || !includesToken(headers.get('upgrade'), 'websocket')) return request
  try {
    return new Request(url, { headers })
  } catch {
    // Its Host makes no URL of it, so it will be refused.
    return request
  }
}

/** Makes the socket of one that is open. */
function open(platform: WebSocket, upgrade: TakenUpgrade, clock: Clock): void {
  platform.binaryType = 'arraybuffer'
  const transport = new DenoTransport(platform, upgrade.accepted.protocol, clock)
  const socket = upgrade.open(transport)
  platform.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
    transport.heard()
    socket.received(typeof data === 'string' ? data : new Uint8Array(data))
  }
  platform.onclose = ({ code, reason, wasClean }) => socket.ended(code, reason, wasClean)
}
