import { requestOf, type UpgradeRequest } from '../../src/websocket/request/upgrade-request.ts'

/** A request for `path` on some host, with these headers. */
export function requestFor(path = '/', headers: HeadersInit = {}): UpgradeRequest {
  return requestOf(new Request(`http://example.org${path}`, { headers }))
}
