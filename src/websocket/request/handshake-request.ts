import type { ClientHandshake } from '../../protocol/handshake/client-handshake.ts'
import { fieldValue } from '../../protocol/headers/header-field.ts'
import { headersFrom } from '../support/headers-from.ts'
import { type RequestPeer, type UpgradeRequest, upgradeRequest } from './upgrade-request.ts'

/**
 * A client's handshake as a request, for the `upgradeRequest` of its socket; for a server in memory, with the `peer` that
 * it sees.
 */
export function requestOfHandshake(handshake: ClientHandshake, peer?: RequestPeer): UpgradeRequest {
  const { method, headers } = handshake
  const url = httpUrl(handshake.url)
  const all = (): Headers => headersFrom(headers)
  return upgradeRequest({
    method,
    url,
    peer,
    header: (name) => fieldValue(headers, name),
    headers: all,
    raw: () => new Request(url, { method, headers: all() }),
  })
}

/** With an HTTP scheme, and without credentials, which are in a header. */
function httpUrl({ protocol, host, pathname, search }: URL): string {
  const secure = protocol === 'wss:' || protocol === 'https:'
  return `${secure ? 'https' : 'http'}://${host}${pathname}${search}`
}
