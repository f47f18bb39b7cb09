import type { PolyHandler } from '../routing/poly-handler.ts'
import { clientOf } from '../websocket/client.ts'
import { WebSocketConnectException } from '../websocket/errors.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'
import { isPromiseLike } from '../websocket/maybe-promise.ts'
import type { UpgradeRequest } from '../websocket/upgrade-request.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsClient } from '../websocket/ws-client.ts'
import type { WsHandler } from '../websocket/ws-handler.ts'
import { type OfflineOptions, offlineUpgrade } from './offline-upgrade.ts'

/**
 * A client of an application without any server, over the same protocol engine: with synchronous handlers, filters and
 * listeners, what the application sends is there when `send` returns. `request` is a path, a URL, or a request, whose
 * headers and keys the application then sees. An upgrade that is refused rejects `opened` with a
 * `WebSocketUpgradeException`.
 */
export function testWsClient(
  app: WsHandler<FrameSocket> | PolyHandler<FrameSocket>,
  request: string | URL | Request | UpgradeRequest = '/',
  options: OfflineOptions = {},
): WsClient {
  const opening = offlineUpgrade(app, request, options)
  if (!isPromiseLike(opening)) {
    const client = clientOf(opening.client, { mode: options.mode })
    opening.start()
    return client
  }
  let abandon = (): void => {}
  const abandoned = new Promise<never>((_resolve, reject) => {
    abandon = () =>
      reject(new WebSocketConnectException('aborted', 'it was closed before it opened'))
  })
  const opened = Promise.race([opening, abandoned]).then((connection): Websocket => {
    // The client listens one step from now; what comes before is held for it.
    connection.start()
    return connection.client
  })
  return clientOf(opened, { abandon, mode: options.mode })
}
