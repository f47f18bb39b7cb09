import { ofHandshakes } from '../websocket/of-handshakes.ts'
import { attempt } from '../websocket/support/attempt.ts'
import type { HandshakeFilter } from '../websocket/ws-handler.ts'
import { LensFailure } from './lens-failure.ts'

/**
 * Answers a `LensFailure` in the handshake with a 400 that says the same; one that is no fault of the request goes on. A
 * synchronous handler stays synchronous.
 */
export const lensFailures: HandshakeFilter = ofHandshakes(
  (next) => (request) =>
    attempt(
      () => next(request),
      (decision) => decision,
      refused,
    ),
)

function refused(thrown: unknown): Response {
  const answer = thrown instanceof LensFailure ? thrown.answer() : undefined
  if (answer === undefined) throw thrown
  return answer
}
