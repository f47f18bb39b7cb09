import { terminateOnAbort } from '../../websocket/client/terminate-on-abort.ts'
import { WebSocketConnectException } from '../../websocket/errors.ts'
import { forwardAbort } from '../../websocket/support/forward-abort.ts'
import type { OfflineConnection } from './offline-upgrade.ts'

/** An opening that takes a while, as over a network, and that can be given up. */
export interface OfflineOpening {
  /** Not started yet. Rejects with a `WebSocketConnectException`. */
  readonly connection: Promise<OfflineConnection>
  /** Does nothing once it is open. */
  abandon(): void
}

/** The signal gives up the opening, and terminates the client's socket once there is one. */
export function offlineOpening(
  upgrade: OfflineConnection | PromiseLike<OfflineConnection>,
  signal: AbortSignal | undefined,
): OfflineOpening {
  const end = new AbortController()
  const unlink = forwardAbort(signal, end)
  const connection = new Promise<OfflineConnection>((resolve, reject) => {
    const giveUp = (): void => {
      const { reason: cause } = end.signal
      reject(
        new WebSocketConnectException('aborted', 'it was given up before it opened', { cause }),
      )
    }
    end.signal.addEventListener('abort', giveUp, { once: true })
    if (end.signal.aborted) giveUp()
    Promise.resolve(upgrade).then((opened) => {
      unlink()
      if (end.signal.aborted) {
        opened.client.terminate()
      } else {
        terminateOnAbort(opened.client, signal)
        resolve(opened)
      }
    }, reject)
  })
  return { connection, abandon: () => end.abort() }
}
