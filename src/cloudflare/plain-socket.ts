import type { TakenUpgrade } from '../serving/fetch-upgrade.ts'
import type { Clock } from '../websocket/clock.ts'
import type { MessageCore } from '../websocket/message-core.ts'
import { type OpenPair, openPair, type WorkersWebSocket } from './workers-runtime.ts'
import { ended, failed, received, WorkersTransport } from './workers-transport.ts'

/** What stands behind each: an object in memory has more to tell it than the runtime does. */
export const plainCores: WeakMap<WorkersWebSocket, MessageCore> = new WeakMap()

/** Takes an upgrade with a socket that lives as long as its connection. */
export function plainSocket(
  upgrade: TakenUpgrade,
  clock: Clock,
  open: OpenPair = openPair,
): Response {
  const { response, server } = open(upgrade.headers)
  server.binaryType = 'arraybuffer'
  server.accept()
  const core = upgrade.open(new WorkersTransport(server, clock))
  plainCores.set(server, core)
  server.addEventListener('message', ({ data }) => received(core, data))
  server.addEventListener('close', ({ code, reason, wasClean }) =>
    ended(core, server, code, reason, wasClean),
  )
  server.addEventListener('error', ({ error }) => failed(core, error))
  return response
}
