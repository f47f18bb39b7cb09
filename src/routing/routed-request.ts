import { requestOf, type UpgradeRequest } from '../websocket/request/upgrade-request.ts'

const known = new WeakMap<Request, UpgradeRequest>()

/**
 * The request as routes see it. With `rawRequest` it lets a filter of fetch-style handlers put something into it:
 * `(next) => (raw) => next(rawRequest(routedRequest(raw).with(key, value)))`.
 */
export function routedRequest(raw: Request): UpgradeRequest {
  return known.get(raw) ?? requestOf(raw)
}

/** The platform's request, for which `routedRequest` then returns `request`, with everything that was put into it. */
export function rawRequest(request: UpgradeRequest): Request {
  const raw = request.raw
  known.set(raw, request)
  return raw
}
