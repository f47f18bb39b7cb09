import { asError } from '../protocol/errors/thrown.ts'
import type { HeaderField } from '../protocol/headers/header-field.ts'
import { answerOf } from '../websocket/answered-error.ts'
import { headersFrom } from '../websocket/support/headers-from.ts'

/** An upgrade that is answered over HTTP instead. */
export interface Refusal {
  readonly kind: 'refused'
  readonly response: Response
}

/** The reason of a refusal where no `Request` can be made. */
export const BAD_URL: string = 'the target of the request and the header Host do not make a URL'

/** A refusal with one line of plain text. */
export function refuse(
  status: number,
  message: string,
  headers: readonly HeaderField[] = [],
): Refusal {
  const all = headersFrom([['Content-Type', 'text/plain; charset=utf-8'], ...headers])
  return { kind: 'refused', response: new Response(`${message}\n`, { status, headers: all }) }
}

/** The answer for a handler that failed: that of the error if it has one, else a 500, with `onError` called. */
export function failure(
  thrown: unknown,
  onError: (error: Error, socket: undefined) => void,
): Response {
  const error = asError(thrown)
  const answer = answerOf(error)
  if (answer !== undefined) return answer
  onError(error, undefined)
  return refuse(500, 'the handler failed').response
}

/** Says what may be missing, but not which subprotocols there are: a route that is left may be for others. */
const NOT_HERE = 'no WebSocket here, or none for the subprotocols that are offered'

/** The answer to an upgrade that no route took. */
export function notHere(): Response {
  return refuse(404, NOT_HERE).response
}

/** The answer of a server that is stopping. */
export function goingDown(): Response {
  const headers: readonly HeaderField[] = [
    ['Retry-After', '1'],
    ['Connection', 'close'],
  ]
  return refuse(503, 'the server is going down', headers).response
}
