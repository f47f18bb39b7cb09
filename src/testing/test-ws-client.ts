import { clientOf } from '../websocket/client.ts'
import { isPromiseLike } from '../websocket/maybe-promise.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsClient } from '../websocket/ws-client.ts'
import { offlineOpening, terminateOnAbort } from './offline-opening.ts'
import type { OfflineOptions, TestApp, TestRequest } from './offline-options.ts'
import { type OfflineConnection, offlineUpgrade } from './offline-upgrade.ts'

/** An offline client, which can do a little more than one over the wire. */
export interface TestWsClient extends WsClient {
  /**
   * Pushes an error into the application's socket, as if its consumer had thrown it: it reaches `onError`, or closes the
   * socket with 1011. Held until open; nothing happens once the socket is closed.
   */
  pushError(error: Error): void
}

/**
 * A client of an application without any server, over the same protocol engine: with synchronous handlers, filters and
 * listeners, what the application sends is there when `send` returns. `request` is a path, a URL, or a request, whose
 * headers and keys the application then sees. An upgrade that is refused rejects `opened` with a
 * `WebSocketUpgradeException`. Throws for options and requests that cannot be, as `connect` does.
 */
export function testWsClient(
  app: TestApp,
  request: TestRequest = '/',
  options: OfflineOptions = {},
): TestWsClient {
  const { mode, signal } = options
  const upgrade = offlineUpgrade(app, request, options)
  if (isPromiseLike(upgrade) || signal?.aborted === true) {
    const { connection, abandon } = offlineOpening(upgrade, signal)
    const errors: Error[] = []
    let started: OfflineConnection | undefined
    const opened = connection.then((opening): Websocket => {
      // The client listens one step from now; what comes before is held for it.
      opening.start()
      started = opening
      for (const error of errors) opening.pushError(error)
      return opening.client
    })
    const pushError = (error: Error): void => {
      if (started === undefined) errors.push(error)
      else started.pushError(error)
    }
    return Object.assign(clientOf(opened, { abandon, mode }), { pushError })
  }
  const client = clientOf(upgrade.client, { mode })
  terminateOnAbort(upgrade.client, signal)
  upgrade.start()
  return Object.assign(client, { pushError: upgrade.pushError })
}
