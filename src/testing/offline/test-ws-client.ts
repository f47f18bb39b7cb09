import { clientOf } from '../../websocket/client/client.ts'
import { terminateOnAbort } from '../../websocket/client/terminate-on-abort.ts'
import type { Received, WsClient } from '../../websocket/client/ws-client.ts'
import { isPromiseLike } from '../../websocket/support/maybe-promise.ts'
import { checkNames } from '../../websocket/support/option-names.ts'
import type { Websocket } from '../../websocket/websocket.ts'
import { offlineOpening } from './offline-opening.ts'
import {
  OFFLINE_OPTIONS,
  type OfflineOptions,
  type TestApp,
  type TestRequest,
} from './offline-options.ts'
import { offlineUpgrade } from './offline-upgrade.ts'

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
 * `WebSocketUpgradeException`, which loops over `received()` throw. Throws for options and requests that cannot be, as
 * `connect` does.
 */
export function testWsClient(
  app: TestApp,
  request: TestRequest = '/',
  options: OfflineOptions = {},
): TestWsClient {
  checkNames('testWsClient()', options, OFFLINE_OPTIONS)
  return offlineClient(app, request, options)
}

/** As `testWsClient`, but ignores options that it does not know. */
export function offlineClient(
  app: TestApp,
  request: TestRequest,
  options: OfflineOptions,
): TestWsClient {
  const { mode, signal } = options
  const { connection, refusal, ...upgrade } = offlineUpgrade(app, request, options)
  if (isPromiseLike(connection) || signal?.aborted === true) {
    const opening = offlineOpening(connection, signal)
    const opened = opening.connection.then((own): Websocket => {
      // The client begins to listen in a microtask; what comes before is held for it.
      own.start()
      return own.client
    })
    const client = clientOf(opened, { ...upgrade, abandon: opening.abandon, mode })
    const pushError = (error: Error): void => {
      client.opened
        .then(() => opening.connection)
        .then(
          (own) => own.pushError(error),
          () => {},
        )
    }
    const received = client.received()
    return Object.assign(client, {
      pushError,
      ...(refusal && { received: () => endingWith(received, refusal) }),
    })
  }
  const client = clientOf(connection.client, { mode })
  terminateOnAbort(connection.client, signal)
  connection.start()
  return Object.assign(client, { pushError: connection.pushError })
}

/** Nothing, and then the refusal, for a `for` loop that does not wait until `opened` has more to say. */
function endingWith(received: Received, refusal: Error): Received {
  return {
    *[Symbol.iterator]() {
      yield* received
      throw refusal
    },
    [Symbol.asyncIterator]: () => received[Symbol.asyncIterator](),
  }
}
