import type { ClientHandshake } from '../protocol/handshake/client-handshake.ts'
import { fieldValue } from '../protocol/handshake/header-field.ts'
import { headersFrom } from './headers-from.ts'
import { type UpgradeRequest, upgradeRequest } from './upgrade-request.ts'

/** A client's handshake as the request that it is: what a client's socket has for its `upgradeRequest`. */
export function requestOfHandshake(handshake: ClientHandshake): UpgradeRequest {
  const { method, headers } = handshake
  const url = httpUrl(handshake.url)
  const all = (): Headers => headersFrom(headers)
  return upgradeRequest({
    method,
    url,
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
