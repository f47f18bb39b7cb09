import { refuse } from '../serving/refusal.ts'
import type { MaybePromise } from '../websocket/support/maybe-promise.ts'

/**
 * Takes an upgrade, unless its client has left while it was decided: Workers would not tell the end to a socket whose
 * connection was reset before it opened. Nobody gets the answer then.
 */
export function unlessLeft(
  { signal }: Request,
  take: () => MaybePromise<Response>,
): MaybePromise<Response> {
  return signal.aborted ? refuse(400, 'the client has left').response : take()
}
