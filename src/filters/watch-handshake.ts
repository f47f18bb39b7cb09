import { asError } from '../protocol/errors/thrown.ts'
import { filterDecision } from '../routing/apply-filter.ts'
import { answerOf } from '../websocket/answered-error.ts'
import { ofHandshakes } from '../websocket/of-handshakes.ts'
import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import { attempt } from '../websocket/support/attempt.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { HandshakeFilter } from '../websocket/ws-handler.ts'
import { type Observer, observing } from './observe.ts'

/** Watches a request, and the socket that it opens. None of these may throw. */
export interface Watch {
  /** Answered over HTTP: refused, a plain request, or the status that engines give when a handler fails with `thrown`. */
  answered(status: number, headers: Headers, thrown?: Error): void
  /** The upgrade was taken and the socket is open. */
  opened(socket: Websocket): Observer
}

/** A filter that watches each request, and changes nothing. A request that is left to the next route is not reported. */
export function watchingHandshake(begin: (request: UpgradeRequest) => Watch): HandshakeFilter {
  return ofHandshakes((next) => (request) => {
    const watch = begin(request)
    const opened = observing((socket) => watch.opened(socket))
    return attempt(
      () => next(request),
      (decision) => {
        if (decision instanceof Response) watch.answered(decision.status, decision.headers)
        return filterDecision(opened, decision)
      },
      (thrown): never => {
        const error = asError(thrown)
        watch.answered(answerOf(error)?.status ?? 500, new Headers(), error)
        throw thrown
      },
    )
  })
}
