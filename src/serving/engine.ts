import { poly } from '../routing/poly.ts'
import type { PolyHandler } from '../routing/poly-handler.ts'
import { upgradeRequired } from '../routing/responses.ts'
import { isWsRouter } from '../routing/ws-router.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsHandler } from '../websocket/ws-handler.ts'
import type { WsStatus } from '../websocket/ws-status.ts'

/** Serves an application on one runtime; `S` is what its sockets can do. */
export interface Engine<out S extends Websocket = Websocket> {
  /** Named in errors about what this runtime cannot do. */
  readonly name: string
  start(app: PolyHandler<S>): Promise<Server>
}

export interface StopOptions {
  /** Milliseconds to wait for close handshakes and running HTTP requests; past it, transports are destroyed. Default 10,000. */
  readonly drain?: number
  /** Milliseconds over which the closes are spread, at random. Default 0: all at once. */
  readonly over?: number
  /** What the sockets are told. Default 1001 "Going away". */
  readonly status?: WsStatus
}

/** A running server. Disposing it is `stop()`. */
export interface Server extends AsyncDisposable {
  readonly port: number
  /** Such as `http://127.0.0.1:9000`, without a slash at the end. */
  readonly url: string
  /** Refuses new connections, closes the open ones, and resolves when the last is gone. Repeated calls share one promise. */
  stop(options?: StopOptions): Promise<void>
}

/** A handler of WebSockets alone as a poly handler: what comes without an upgrade gets a 426, or of a router's other paths a 404. */
export function polyOf<S extends Websocket>(app: PolyHandler<S> | WsHandler<S>): PolyHandler<S> {
  if (typeof app !== 'function') return app
  return isWsRouter(app) ? poly({ ws: app }) : { http: upgradeRequired, ws: app }
}

/** Starts `app` on `engine`. Rejects when it cannot listen. */
export function serve<S extends Websocket>(
  app: PolyHandler<NoInfer<S>> | WsHandler<NoInfer<S>>,
  engine: Engine<S>,
): Promise<Server> {
  return engine.start(polyOf(app))
}
