import { closeCodeProblem } from '../protocol/close-code.ts'
import type { WsStatus } from '../websocket/ws-status.ts'

/** The status. Throws a `RangeError` for one that cannot be sent: later, nobody would be there to hear of it. */
export function sendable(status: WsStatus): WsStatus {
  const problem = closeCodeProblem(status.code)
  if (problem === undefined) return status
  throw new RangeError(problem)
}
