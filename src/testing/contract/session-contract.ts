import { observing } from '../../filters/observe.ts'
import { routes } from '../../routing/http-router.ts'
import { type Poly, poly } from '../../routing/poly.ts'
import type { WsRouter } from '../../routing/ws-router.ts'
import { type Decoration, decorate } from '../../websocket/decorate.ts'
import type { FrameSocket } from '../../websocket/frame-socket.ts'
import { requestKey } from '../../websocket/request/request-key.ts'
import type { WsFilter } from '../../websocket/ws-handler.ts'
import { sessionCases } from './cases/session-cases.ts'
import { topicCases } from './cases/topic-cases.ts'
import type { ContractCase } from './contract.ts'
import { ContractLog } from './contract-log.ts'
import { logRoutes } from './routes/log-routes.ts'
import { rawSessionRoutes, sessionRoutes } from './routes/session-routes.ts'
import { topicRoutes } from './routes/topic-routes.ts'
import type { ServerContext } from './server-context.ts'

/** What sessions and topics do on every server, behind three filters: the context's application is `sessionContractApp()`. */
export const sessionContract: readonly ContractCase<ServerContext>[] = [
  ...sessionCases,
  ...topicCases,
]

/** The application that backends serve for the contract of sessions. */
export function sessionContractApp(): Poly {
  return poly(NO_HTTP, ...parts())
}

/** The same for backends whose sockets can have frames. */
export function sessionContractAppWithFrames(): Poly<FrameSocket> {
  return poly<FrameSocket>(NO_HTTP, ...parts(), behindFilters(rawSessionRoutes()))
}

const NO_HTTP = routes()

function parts(): readonly WsRouter[] {
  const log = new ContractLog()
  return [behindFilters(sessionRoutes(log)), behindFilters(topicRoutes(log)), logRoutes(log)]
}

const mark = requestKey<string>('mark')

/** Filters that each wrap the socket, and must not be noticed. */
const FILTERS: readonly WsFilter[] = [
  (next) => (socket) =>
    next(decorate(socket, { upgradeRequest: socket.upgradeRequest.with(mark, 'filtered') })),
  observing(() => ({})),
  (next) => (socket) => next(decorate(socket, PASSING)),
]

const PASSING: Decoration = {
  send: (message, next) => next(message),
  message: (message, next) => next(message),
  close: (status, next) => next(status),
}

function behindFilters<R extends { withFilter(filter: WsFilter): R }>(router: R): R {
  return FILTERS.reduce((filtered, filter) => filtered.withFilter(filter), router)
}
