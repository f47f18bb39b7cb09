import { liftWs } from '../filters/lift.ts'
import { type App, polyOf } from '../serving/engine.ts'
import { fetchUpgrades } from '../serving/fetch-upgrade.ts'
import { WEB_SOCKETS } from '../serving/web-sockets.ts'
import { type RequestKey, requestKey } from '../websocket/request/request-key.ts'
import { requestOf } from '../websocket/request/upgrade-request.ts'
import { SocketView } from '../websocket/socket-view.ts'
import { isPromiseLike } from '../websocket/support/maybe-promise.ts'
import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsFilter } from '../websocket/ws-handler.ts'
import type { WsMessage } from '../websocket/ws-message.ts'
import type { WsStatus } from '../websocket/ws-status.ts'
import { plainSocket } from './plain-socket.ts'
import { unlessLeft } from './unless-left.ts'
import { type WorkersSocket, type WorkersWebSockets, workersSettings } from './workers-engine.ts'
import type { ExecutionContext } from './workers-runtime.ts'

/** Options of `worker`. */
export interface WorkerOptions<Env> {
  /** The key under which the application finds the bindings: `request.get(env)`. */
  readonly env?: RequestKey<Env> | undefined
  /** The configuration of WebSockets, as far as Workers can follow it. */
  readonly webSockets?: WorkersWebSockets | undefined
}

const WORKER_OPTIONS: OptionNames<WorkerOptions<unknown>> = { env: 0, webSockets: WEB_SOCKETS }

/** What a module of a Worker exports by default. */
export interface Worker<in Env = unknown> {
  fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response>
}

/** The key under which requests have the context of their call. */
export const executionContext: RequestKey<ExecutionContext> = requestKey('executionContext')

/**
 * An application as a Worker: `export default worker(app)`. A socket can be used only in the request that opened it:
 * those that meet belong in a Durable Object. Throws a `TypeError` for an unknown option, a `RangeError` or a
 * `NotSupportedException` for an invalid one.
 */
export function worker<Env = unknown>(
  app: App<WorkersSocket>,
  options: WorkerOptions<Env> = {},
): Worker<Env> {
  checkNames('worker()', options, WORKER_OPTIONS)
  const { env: envKey, webSockets } = options
  const settings = workersSettings(webSockets)
  const upgrades = fetchUpgrades(liftWs(outlasting)(polyOf(app)), settings)
  return {
    async fetch(raw, env, context) {
      const called = requestOf(raw).with(executionContext, context)
      const request = envKey === undefined ? called : called.with(envKey, env)
      const answer = upgrades.answer(request, (upgrade) =>
        unlessLeft(raw, () => plainSocket(upgrade, settings.clock)),
      )
      // Once a client has left, the runtime would cut off filters that have something to give back.
      return await waitFor(context, answer)
    },
  }
}

/** A request ends with its socket. What is still at work then is cut off, unless the runtime was told to wait for it. */
const outlasting: WsFilter = (next) => (socket) => {
  const context = socket.upgradeRequest.get(executionContext)
  return waitFor(context, next(new OutlastingSocket(socket, context)))
}

/** A socket whose listeners may go on working. */
class OutlastingSocket extends SocketView {
  readonly #context: ExecutionContext

  constructor(socket: Websocket, context: ExecutionContext) {
    super(socket)
    this.#context = context
  }

  override onMessage(fn: (message: WsMessage) => unknown): () => void {
    return super.onMessage((message) => waitFor(this.#context, fn(message)))
  }

  override onError(fn: (error: Error) => unknown): () => void {
    return super.onError((error) => waitFor(this.#context, fn(error)))
  }

  override onClose(fn: (status: WsStatus) => unknown): () => void {
    return super.onClose((status) => waitFor(this.#context, fn(status)))
  }
}

/** Tells the runtime to wait for a result if it is a promise. Returns the result. */
function waitFor<T>(context: ExecutionContext, result: T): T {
  if (isPromiseLike(result)) context.waitUntil(Promise.allSettled([result]))
  return result
}
