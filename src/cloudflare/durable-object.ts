import { chain } from '../routing/chain.ts'
import type { PolyHandler } from '../routing/poly-handler.ts'
import { routedRequest } from '../routing/routed-request.ts'
import { polyOf } from '../serving/engine.ts'
import type { FetchUpgrades } from '../serving/fetch-upgrade.ts'
import type { MaybePromise } from '../websocket/maybe-promise.ts'
import type { UpgradeRequest } from '../websocket/upgrade-request.ts'
import { WebSocketUpgrade } from '../websocket/websocket-upgrade.ts'
import type { WsDecision, WsHandler } from '../websocket/ws-handler.ts'
import type { Kept } from './attachment.ts'
import type { DurableSocket } from './hibernatable.ts'
import { Hibernation } from './hibernation.ts'
import { plainSocket } from './plain-socket.ts'
import {
  type WorkersSocket,
  type WorkersWebSockets,
  workersSettings,
  workersUpgrades,
} from './workers-engine.ts'
import type { DurableObjectState, WorkersWebSocket } from './workers-runtime.ts'
import { ended, failed, received } from './workers-transport.ts'

export interface DurableObjectOptions {
  readonly webSockets?: WorkersWebSockets
}

/** What the runtime calls of a Durable Object. */
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

/** An application for a Durable Object: its sockets may sleep. */
type DurableApp = PolyHandler<DurableSocket> | WsHandler<DurableSocket>

/**
 * The class of Durable Objects that each run an application of their own: `export const Room = durableObject(...)`.
 * `make` is called when an object is made, and when it wakes; what it promises is waited for. The plain sockets of an
 * object keep it in memory, and may meet; those of `hibernatable` let it sleep. Throws a `RangeError` or a
 * `NotSupportedException` for an option that cannot be.
 */
export function durableObject<Env = unknown, State extends DurableObjectState = DurableObjectState>(
  make: (state: State, env: Env) => MaybePromise<DurableApp>,
  { webSockets = {} }: DurableObjectOptions = {},
): new (
  state: State,
  env: Env,
) => DurableObjectHandlers {
  const settings = workersSettings(webSockets)
  return class {
    readonly #hibernation: Hibernation
    readonly #app: Promise<ObjectApp>

    constructor(state: State, env: Env) {
      const hibernation = new Hibernation(state, settings)
      this.#hibernation = hibernation
      // Called in there: what it waited for would be held back as well.
      this.#app = state.blockConcurrencyWhile(
        async () => new ObjectApp(await make(state, env), hibernation, webSockets),
      )
    }

    async fetch(request: Request): Promise<Response> {
      return (await this.#app).fetch(request)
    }

    async webSocketMessage(socket: WorkersWebSocket, message: string | ArrayBuffer): Promise<void> {
      await this.#hibernation.tell(socket, (core) => received(core, message))
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

/** The application of one object. */
class ObjectApp {
  readonly #hibernation: Hibernation
  readonly #upgrades: FetchUpgrades
  /** What is to be kept with the sockets that requests become, if they may sleep. */
  readonly #kept = new WeakMap<Request, Kept>()

  constructor(app: DurableApp, hibernation: Hibernation, webSockets: WorkersWebSockets) {
    this.#hibernation = hibernation
    this.#upgrades = workersUpgrades(this.#noting(polyOf(app)), webSockets)
  }

  async fetch(request: Request): Promise<Response> {
    return await this.#upgrades.answer(request, (upgrade) => {
      const kept = this.#kept.get(request)
      if (kept !== undefined) return this.#hibernation.take(upgrade, kept)
      return plainSocket(upgrade, this.#upgrades, this.#hibernation.openPair)
    })
  }

  /** The application, with its decisions for sockets that may sleep written down. */
  #noting({ http, ws }: PolyHandler<DurableSocket>): PolyHandler<WorkersSocket> {
    const note = (request: UpgradeRequest, decision: WsDecision<DurableSocket>): void => {
      const kept = this.#hibernation.keptFor(request, decision)
      if (kept !== undefined) this.#kept.set(request.raw, kept)
    }
    return {
      http:
        http &&
        ((raw) =>
          chain(http(raw), (answer) => {
            if (answer instanceof WebSocketUpgrade) note(routedRequest(raw), answer.response)
            // A consumer for sockets that sleep throws when it gets another.
            return answer as Response | WebSocketUpgrade<WorkersSocket>
          })),
      ws:
        ws &&
        ((request) =>
          chain(ws(request), (decision) => {
            note(request, decision)
            return decision as WsDecision<WorkersSocket>
          })),
    }
  }
}
