import type { ClientHandshake } from '../protocol/handshake/client-handshake.ts'
import { fieldValue } from '../protocol/handshake/header-field.ts'
import { headersFrom } from './headers-from.ts'
import { type RequestPeer, type UpgradeRequest, upgradeRequest } from './upgrade-request.ts'

/**
 * A client's handshake as the request that it is: what a client's socket has for its `upgradeRequest`. A server sees the
 * peer, too.
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

/** With the scheme of the request, and without credentials: those went into a header. */
function httpUrl({ protocol, host, pathname, search }: URL): string {
  const secure = protocol === 'wss:' || protocol === 'https:'
  return `${secure ? 'https' : 'http'}://${host}${pathname}${search}`
}
