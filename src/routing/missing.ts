import { isWholeUpgrade } from '../protocol/handshake/server-handshake.ts'
import type { UpgradeRequest } from '../websocket/upgrade-request.ts'
import type { Websocket } from '../websocket/websocket.ts'
import { upgradeRequired } from './responses.ts'
import type { WsRouter } from './ws-router.ts'

/** What a request gets that nobody took: `answer`, or a 426 for a path that one of the routers has, but for upgrades. */
export function missing<S extends Websocket>(
  request: UpgradeRequest,
  routers: readonly WsRouter<S>[],
  answer: Response,
): Response {
  return !isWholeUpgrade(request) && routers.some((router) => router.match(request).matched)
    ? upgradeRequired(request)
    : answer
}
