import { isWholeUpgrade } from '../protocol/handshake/server-handshake.ts'
import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import { cancelBody } from '../websocket/support/cancel-body.ts'
import type { Websocket } from '../websocket/websocket.ts'
import { upgradeRequired } from './responses.ts'
import type { WsRouter } from './ws-router.ts'

/** The answer to a request that nobody took: a 426 if one of the routers has its path for upgrades, else `answer`. */
export function missing<S extends Websocket>(
  request: UpgradeRequest,
  routers: readonly WsRouter<S>[],
  answer: Response,
): Response {
  const wrong = !isWholeUpgrade(request) && routers.some((router) => router.match(request).matched)
  if (!wrong) return answer
  void cancelBody(answer.body)
  return upgradeRequired(request)
}
