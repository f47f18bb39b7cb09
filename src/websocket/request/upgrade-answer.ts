import { type UpgradeAnswer, upgradeHeaders } from '../../protocol/handshake/server-handshake.ts'
import { headersFrom } from '../support/headers-from.ts'
import { type RequestKey, requestKey } from './request-key.ts'
import type { UpgradeRequest } from './upgrade-request.ts'

/** The answer to an upgrade. Engines put it into the request only if it does not follow from the request's key. */
export const answerKey: RequestKey<UpgradeAnswer | undefined> = requestKey<
  UpgradeAnswer | undefined
>('answer', { value: undefined })

/** The headers of the 101 response to a request; computed each time, since few sockets ever ask. */
export function answerHeaders(request: UpgradeRequest): Headers {
  const key = request.header('sec-websocket-key')
  const answer = request.get(answerKey) ?? (key === null ? undefined : { key })
  const fields = answer === undefined ? [] : upgradeHeaders(answer)
  return headersFrom(fields)
}
