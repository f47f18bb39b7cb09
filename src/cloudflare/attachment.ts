import { asError } from '../protocol/errors/thrown.ts'
import { NotSupportedException } from '../websocket/errors.ts'
import type { RequestKey } from '../websocket/request/request-key.ts'
import {
  type Params,
  type UpgradeRequest,
  upgradeRequest,
} from '../websocket/request/upgrade-request.ts'
import type { MessageWebsocketOptions } from '../websocket/whole-messages/message-options.ts'
import type { WorkersWebSocket } from './workers-runtime.ts'

/** What survives the sleep of a hibernatable socket. */
export interface Kept {
  readonly kind: string
  readonly url: string
  readonly params: Params
  readonly protocol: string
  readonly limits: Pick<
    MessageWebsocketOptions,
    'maxMessageSize' | 'maxBufferedAmount' | 'slowConsumer'
  >
  /** Its end has been reported: what the peer still sends wakes the object for nothing. */
  readonly over: boolean
  /** The user's own. */
  readonly attachment: unknown
}

/** Throws a `TypeError` for what cannot be cloned, and a `RangeError` for too much. */
export function keep(socket: WorkersWebSocket, kept: Kept): void {
  try {
    socket.serializeAttachment(kept)
  } catch (thrown) {
    const { name, message } = asError(thrown)
    if (name === 'DataCloneError' || !canBeCloned(kept)) {
      throw new TypeError(
        `the attachment of a hibernatable socket has to be data that can be cloned: ${message}`,
        { cause: thrown },
      )
    }
    throw new RangeError(
      `the attachment of a hibernatable socket is too large, with URL and parameters of its request: ${message}`,
      { cause: thrown },
    )
  }
}

/** For other failures, the runtime gives only a message: it may be the fault of a getter. */
function canBeCloned(kept: Kept): boolean {
  try {
    structuredClone(kept)
    return true
  } catch {
    return false
  }
}

/** A copy of what was kept; `undefined` for a socket that is not ours. */
export function keptOf(socket: WorkersWebSocket): Kept | undefined {
  // Nobody else writes there, but a user's class may accept sockets of its own.
  const kept = socket.deserializeAttachment() as Partial<Kept> | null
  return typeof kept?.kind === 'string' ? (kept as Kept) : undefined
}

/** What is left of the request. It is the same before the first sleep: what sleep would take is never there. */
export function keptRequest({ url, params }: Kept): UpgradeRequest {
  const noHeaders = (): never => forgotten('no headers')
  const request = upgradeRequest({
    method: 'GET',
    url,
    header: noHeaders,
    headers: noHeaders,
    raw: noHeaders,
  }).withParams(params)
  // Not even the fallback of a key, since a filter may have put something else there.
  const get = ({ name }: RequestKey<unknown>): never => forgotten(`nothing under the key '${name}'`)
  return Object.assign(request, { get })
}

function forgotten(what: string): never {
  throw new NotSupportedException(
    `cloudflare keeps ${what} with a socket that sleeps: put what you need of the request into its attachment`,
  )
}
