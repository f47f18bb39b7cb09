import { isPromiseLike } from '../websocket/maybe-promise.ts'
import type { HandshakeFilter } from '../websocket/ws-handler.ts'
import { LensFailure } from './lens-failure.ts'

/**
 * Answers a `LensFailure` in the handshake with a 400 that says the same; one that is no fault of the request goes on. A
 * synchronous handler stays synchronous.
 */
export const lensFailures: HandshakeFilter = (next) => (request) => {
  try {
    const decision = next(request)
    return isPromiseLike(decision) ? decision.then(undefined, refused) : decision
  } catch (thrown) {
    return refused(thrown)
  }
}

function refused(thrown: unknown): Response {
  const answer = thrown instanceof LensFailure ? thrown.answer() : undefined
  if (answer === undefined) throw thrown
  return answer
}
