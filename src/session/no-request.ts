import { type UpgradeRequest, upgradeRequest } from '../websocket/upgrade-request.ts'

/** What stands for the request of a connection that was opened by other means. */
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
