import type { ServerResponse } from 'node:http'
import { sendNodeResponse } from 'srvx/node'
import { asError } from '../../protocol/errors/thrown.ts'
import { formatFields } from '../../protocol/headers/header-field.ts'
import { failure } from '../../serving/refusal.ts'
import { cancelBody } from '../../websocket/support/cancel-body.ts'

/**
 * Sends an application's response; never rejects. In place of one that cannot be sent, the client gets a 500; if the body
 * fails, the connection ends. `onError` hears of both.
 */
export async function sendResponse(
  to: ServerResponse,
  response: Response,
  onError: (error: Error, socket: undefined) => void,
): Promise<void> {
  // srvx ends the connection with the error of the body, and tells nobody else. A client that leaves is no error.
  to.on('close', () => {
    if (to.errored) onError(asError(to.errored), undefined)
  })
  try {
    check(response)
    await sendNodeResponse(to, response)
  } catch (thrown) {
    void cancelBody(response.body)
    await sendNodeResponse(to, failure(thrown, onError))
  }
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
