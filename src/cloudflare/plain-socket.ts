import type { TakenUpgrade } from '../serving/fetch-upgrade.ts'
import type { Clock } from '../websocket/support/clock.ts'
import { type OpenPair, openPair } from './workers-runtime.ts'
import { ended, failed, WorkersTransport } from './workers-transport.ts'

/** Takes an upgrade with a socket that lives as long as its connection. */
export function plainSocket(
  upgrade: TakenUpgrade,
  clock: Clock,
  open: OpenPair = openPair,
): Response {
  const { response, server, opened } = open(upgrade.headers)
  server.binaryType = 'arraybuffer'
  server.accept()
  const core = upgrade.open(new WorkersTransport(server, clock))
  opened?.(core)
  server.addEventListener('message', ({ data }) => core.received(data))
  server.addEventListener('close', ({ code, reason, wasClean }) =>
    ended(core, server, code, reason, wasClean),
  )
  server.addEventListener('error', ({ error }) => failed(core, error))
  return response
}
