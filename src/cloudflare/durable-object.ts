import type { PolyHandler } from '../routing/poly-handler.ts'
import { type App, polyOf } from '../serving/engine.ts'
import type { FetchSettings } from '../serving/fetch-engine.ts'
import { fetchUpgrades } from '../serving/fetch-upgrade.ts'
import { WEB_SOCKETS } from '../serving/web-sockets.ts'
import { requestOf } from '../websocket/request/upgrade-request.ts'
import type { MaybePromise } from '../websocket/support/maybe-promise.ts'
import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'
import type { DurableSocket } from './hibernatable-socket.ts'
import { Hibernation } from './hibernation.ts'
import { plainSocket } from './plain-socket.ts'
import { unlessLeft } from './unless-left.ts'
import { type WorkersSocket, type WorkersWebSockets, workersSettings } from './workers-engine.ts'
import type { DurableObjectState, WorkersWebSocket } from './workers-runtime.ts'
import { ended, failed } from './workers-transport.ts'

/** Options of `durableObject`. */
export interface DurableObjectOptions {
  /** The configuration of WebSockets, as far as Workers can follow it. */
  readonly webSockets?: WorkersWebSockets | undefined
}

const DURABLE_OBJECT_OPTIONS: OptionNames<DurableObjectOptions> = { webSockets: WEB_SOCKETS }

/** The methods of a Durable Object that the runtime calls. */
export interface DurableObjectHandlers {
  fetch(request: Request): Promise<Response>
  webSocketMessage(socket: WorkersWebSocket, message: string | ArrayBuffer): Promise<void>
  webSocketClose(
    socket: WorkersWebSocket,
    code: number,
    reason: string,
    wasClean: boolean,
  ): Promise<void>
  webSocketError(socket: WorkersWebSocket, error: unknown): Promise<void>
}

/**
 * The class of Durable Objects that each run an application of their own: `export const Room = durableObject(...)`.
 * `make` is called when an object is made, and when it wakes; what it promises is waited for. The plain sockets of an
 * object keep it in memory, and may meet; those of `hibernatable` let it sleep. Throws a `TypeError` for an unknown
 * option, a `RangeError` or a `NotSupportedException` for an invalid one.
 */
export function durableObject<Env = unknown, State extends DurableObjectState = DurableObjectState>(
  make: (state: State, env: Env) => MaybePromise<App<DurableSocket>>,
  options: DurableObjectOptions = {},
): new (
  state: State,
  env: Env,
) => DurableObjectHandlers {
  checkNames('durableObject()', options, DURABLE_OBJECT_OPTIONS)
  const settings = workersSettings(options.webSockets)
  return class {
    readonly #hibernation: Hibernation
    readonly #answer: Promise<DurableObjectHandlers['fetch']>

    constructor(state: State, env: Env) {
      const hibernation = new Hibernation(state, settings)
      this.#hibernation = hibernation
      // `make` is called inside, since what it waits for would be held back otherwise.
      this.#answer = state.blockConcurrencyWhile(async () =>
        answering(await make(state, env), hibernation, settings),
      )
    }

    async fetch(request: Request): Promise<Response> {
      return (await this.#answer)(request)
    }

    async webSocketMessage(socket: WorkersWebSocket, message: string | ArrayBuffer): Promise<void> {
      await this.#hibernation.tell(socket, (core) => core.received(message))
    }

    async webSocketClose(
      socket: WorkersWebSocket,
      code: number,
      reason: string,
      wasClean: boolean,
    ): Promise<void> {
      await this.#hibernation.tell(socket, (core) => ended(core, socket, code, reason, wasClean))
    }

    async webSocketError(socket: WorkersWebSocket, error: unknown): Promise<void> {
      await this.#hibernation.tell(socket, (core) => failed(core, error))
    }
  }
}

/** How an object answers requests. */
function answering(
  app: App<DurableSocket>,
  hibernation: Hibernation,
  settings: FetchSettings,
): DurableObjectHandlers['fetch'] {
  // A consumer for sockets that sleep throws if it gets a plain one.
  const upgrades = fetchUpgrades(polyOf(app) as PolyHandler<WorkersSocket>, settings)
  return async (request) =>
    await upgrades.answer(requestOf(request), (upgrade) =>
      unlessLeft(
        request,
        async () =>
          (await hibernation.take(upgrade)) ??
          plainSocket(upgrade, settings.clock, hibernation.openPair),
      ),
    )
}
