import { isWholeUpgrade } from '../protocol/handshake/server-handshake.ts'
import { checkApp } from '../routing/check-app.ts'
import { missing } from '../routing/missing.ts'
import type { PolyHandler } from '../routing/poly-handler.ts'
import { notFound, upgradeRequired } from '../routing/responses.ts'
import { routedRequest } from '../routing/routed-request.ts'
import { isWsRouter, type WsRouter } from '../routing/ws-router.ts'
import type { Capability, EngineTraits } from '../websocket/capability.ts'
import type { Server } from '../websocket/server.ts'
import { wrongType } from '../websocket/support/check-function.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsHandler } from '../websocket/ws-handler.ts'

/** Serves an application on one runtime; `S` is what its sockets can do, `Lacks` what is absent. */
export interface Engine<out S extends Websocket = Websocket, out Lacks extends Capability = never>
  extends EngineTraits<Lacks> {
  start(app: PolyHandler<S>): Promise<Server>
}

/**
 * What `serve` takes. A `WsRouter` is a `WsHandler`; it is named here so that the compiler's error is short when one does
 * not suit an engine.
 */
export type App<S extends Websocket = Websocket> = PolyHandler<S> | WsRouter<S> | WsHandler<S>

/** A handler of WebSockets as a poly handler: plain requests get a 426, or a 404 if its router lacks the path. */
export function polyOf<S extends Websocket>(app: App<S>): PolyHandler<S> {
  checkApp(app, 'the server')
  if (typeof app !== 'function') return app
  if (!isWsRouter(app)) return { http: withoutHttp, ws: app }
  return { http: (raw) => missing(routedRequest(raw), [app], notFound()), ws: app }
}

/**
 * An upgrade comes here only if the handler did not take it: 404. Everything else should have been one: 426, also for
 * an upgrade whose `Connection` a proxy removed.
 */
function withoutHttp(request: Request): Response {
  const whole = isWholeUpgrade({ header: (name) => request.headers.get(name) })
  return whole ? notFound() : upgradeRequired(request)
}

/** The sockets that an engine makes; of a union of engines, the union of theirs. */
type SocketOf<E> = E extends Engine<infer S, Capability> ? S : never

/**
 * Starts `app` on `engine`; if that may be one of several, `flag ? node() : bun()`, the application has to suit each of
 * them. Rejects when it cannot listen; throws a `TypeError` if one is not an application, or the other not an engine.
 */
export function serve<E extends Engine<Websocket, Capability>>(
  app: App<SocketOf<E>>,
  engine: E,
): Promise<Server>
export function serve<S extends Websocket>(
  app: App<S>,
  engine: Engine<S, Capability>,
): Promise<Server> {
  const poly = polyOf(app)
  // Not every caller is type-checked, and `node` is easily written for `node()`.
  const { start }: Partial<typeof engine> = engine ?? {}
  if (typeof start !== 'function')
    throw wrongType(engine, 'serve(app, engine) needs an engine, such as node() makes')
  return engine.start(poly)
}
