import { wellFormed } from '../protocol/bytes/well-formed.ts'
import { isValidCloseCode } from '../protocol/close/close-code.ts'
import { CloseReason, truncatedReason } from '../protocol/close/reason.ts'
import { asError } from '../protocol/errors/thrown.ts'
import { NotSupportedException, WebSocketProtocolException } from '../websocket/errors.ts'
import type { MessageCore } from '../websocket/whole-messages/message-core.ts'
import { PolledTransport } from '../websocket/whole-messages/polled-transport.ts'
import type { WorkersWebSocket } from './workers-runtime.ts'

const CLOSING = 2

/** The server's end of a WebSocket of Workers, accepted. */
export class WorkersTransport extends PolledTransport<WorkersWebSocket> {
  /** Throws a `NotSupportedException` in a request other than the one that the socket belongs to. */
  override get open(): boolean {
    try {
      return super.open
    } catch (thrown) {
      throw new NotSupportedException(
        'cloudflare lets a Worker use a WebSocket only in the request that opened it: sockets that meet belong in a Durable Object',
        { cause: thrown },
      )
    }
  }

  override send(content: string | Uint8Array<ArrayBuffer>): void {
    // Workers would send a lone surrogate as it is: that is not UTF-8, and closes with 1007.
    super.send(typeof content === 'string' ? wellFormed(content) : content)
  }
}

/**
 * Reports the end to the socket, and answers the peer's Close where the runtime does not. The runtime lets codes pass that
 * must not be sent, such as 1006 (RFC 6455, section 7.4).
 */
export function ended(
  core: MessageCore,
  socket: WorkersWebSocket,
  code: number,
  reason: string,
  wasClean: boolean,
): void {
  if (!wasClean) {
    core.ended(1006, '', false)
    return
  }
  const answers = socket.readyState === CLOSING
  if (code === 1005) {
    if (answers) socket.close()
    // A peer that sends the code itself may put a text behind it.
    core.ended(code, '', true)
  } else if (isValidCloseCode(code)) {
    // The runtime reads longer ones than it sends.
    const { message } = truncatedReason(code, reason)
    if (answers) socket.close(code, message)
    core.ended(code, message, true)
  } else {
    const wrong = new CloseReason(1002, `close code ${code} is not allowed`)
    if (answers) socket.close(wrong.code, wrong.message)
    core.refused(wrong, new WebSocketProtocolException(wrong))
  }
}

/** Reports an end by an error: the runtime has refused what the peer sent, or the connection is lost. */
export function failed(core: MessageCore, thrown: unknown): void {
  const { message } = asError(thrown)
  const refused = /protocolError\.statusCode = (\d+); protocolError\.description = (.*)/.exec(
    message,
  )
  if (refused === null) {
    core.ended(1006, '', false)
    return
  }
  const [, code, description = ''] = refused
  const reason = truncatedReason(Number(code), description)
  core.refused(reason, new WebSocketProtocolException(reason, `Workers: ${description}`))
}
