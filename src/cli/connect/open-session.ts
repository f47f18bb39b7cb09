import { deferred } from '../../client/deferred.ts'
import { openSocket } from '../../node/client/connect.ts'
import type { ConnectOptions } from '../../node/client/connect-options.ts'
import { clientSession } from '../../session/client/client-session.ts'
import type { DefaultClientWebSocketSession } from '../../session/session.ts'
import type { WsFilter } from '../../websocket/ws-handler.ts'

/** Opens a session over a socket that is decorated. Rejects as `openSocket` does. */
export async function openSession(
  url: string,
  options: ConnectOptions,
  filter: WsFilter,
  controlFrames: boolean,
): Promise<DefaultClientWebSocketSession> {
  const { promise, resolve } = deferred<DefaultClientWebSocketSession>()
  // Before anything is read.
  await openSocket(url, options, ({ socket, response }) =>
    filter((view) => resolve(clientSession({ socket: view, response }, { controlFrames })))(socket),
  )
  return promise
}
