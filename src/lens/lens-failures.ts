import { isPromiseLike } from '../websocket/maybe-promise.ts'
import type { HandshakeFilter } from '../websocket/ws-handler.ts'
import { LensFailure, lensFailureResponse } from './lens-failure.ts'

/** Answers a `LensFailure` in the handshake with a 400 that says the same. A synchronous handler stays synchronous. */
export const lensFailures: HandshakeFilter = (next) => (request) => {
  try {
    const decision = next(request)
    return isPromiseLike(decision) ? decision.then(undefined, refused) : decision
  } catch (thrown) {
    return refused(thrown)
  }
}

function refused(thrown: unknown): Response {
  if (thrown instanceof LensFailure) return lensFailureResponse(thrown)
  throw thrown
}
