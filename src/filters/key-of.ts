import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import { isPromiseLike } from '../websocket/support/maybe-promise.ts'

/** The key of a request. Throws a `TypeError` for a promise: each would be a key of its own, and nobody limited. */
export function keyOf(key: (request: UpgradeRequest) => string, request: UpgradeRequest): string {
  const name = key(request)
  if (isPromiseLike(name)) throw new TypeError('the key of a limit cannot be asynchronous')
  return name
}
