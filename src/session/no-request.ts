import { type UpgradeRequest, upgradeRequest } from '../websocket/upgrade-request.ts'

/** A stand-in for the request of a connection that was not opened by one known here. */
export function noRequest(): UpgradeRequest {
  const url = 'http://localhost/'
  return upgradeRequest({
    method: 'GET',
    url,
    header: () => null,
    headers: () => new Headers(),
    raw: () => new Request(url),
  })
}
