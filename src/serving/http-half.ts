import type { HttpHandler } from '../routing/poly-handler.ts'
import { upgradeRequired } from '../routing/responses.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'
import { wrongType } from '../websocket/support/check-function.ts'
import { WebSocketUpgrade } from '../websocket/websocket-upgrade.ts'
import { failure } from './refusal.ts'
import { sendable } from './sendable.ts'

/** Answers a request with an application's HTTP half; never rejects. `onError` is called with what the handler throws. */
export async function answerHttp(
  http: HttpHandler<FrameSocket> | undefined,
  request: Request,
  onError: (error: Error, socket: undefined) => void,
): Promise<Response> {
  try {
    const answer = http === undefined ? upgradeRequired(request) : await http(request)
    if (answer instanceof WebSocketUpgrade) return upgradeRequired(request)
    // Not every application is type-checked; a response may be of another realm, or of a library.
    if (typeof answer?.status === 'number') return sendable(answer)
    throw wrongType(answer, 'an HTTP handler has to return a Response')
  } catch (thrown) {
    return failure(thrown, onError)
  }
}
