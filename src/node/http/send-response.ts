import type { ServerResponse } from 'node:http'
import type { Http2ServerResponse } from 'node:http2'
import { sendNodeResponse } from 'srvx/node'
import { asError } from '../../protocol/errors/thrown.ts'
import { formatFields } from '../../protocol/headers/header-field.ts'
import { failure } from '../../serving/refusal.ts'
import { cancelBody } from '../../websocket/support/cancel-body.ts'
import { http2Headers } from './http2-headers.ts'

/**
 * Sends an application's response; never rejects. In place of one that cannot be sent, the client gets a 500; if the body
 * fails, the connection ends. `onError` hears of both.
 */
export async function sendResponse(
  to: ServerResponse | Http2ServerResponse,
  response: Response,
  onError: (error: Error, socket: undefined) => void,
): Promise<void> {
  const http2 = 'stream' in to
  const session = http2 ? to.stream.session : undefined
  // srvx ends the connection with the error of the body, and tells nobody else. A client that leaves is no error.
  to.on('close', () => {
    const { errored } = http2 ? to.stream : to
    const left = session?.destroyed || (errored && isOfHttp2(errored))
    if (errored && !left) onError(asError(errored), undefined)
  })
  const send = (answer: Response): Promise<void> =>
    sendNodeResponse(to, http2 ? http2Response(answer) : answer)
  try {
    check(response)
    await send(response)
  } catch (thrown) {
    void cancelBody(response.body)
    await send(failure(thrown, onError))
  }
}

/** Whether it is how a stream of HTTP/2 was ended by its client. */
function isOfHttp2(error: Error): boolean {
  return 'code' in error && String(error.code).startsWith('ERR_HTTP2_')
}

function http2Response({ body, status, headers }: Response): Response {
  return new Response(body, { status, headers: http2Headers(headers) })
}

/** Throws for what srvx and Node would notice when they have begun to send it, and can send nothing else. */
function check({ headers, body }: Response): void {
  formatFields([...headers])
  // Not every application is type-checked.
  if (body && body.locked !== false) {
    throw new TypeError(
      'a handler answered a Response whose body is locked: somebody else reads it',
    )
  }
}
