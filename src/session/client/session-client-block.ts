import { INTERNAL_ERROR, NORMAL } from '../../protocol/close/reason.ts'
import type { MaybePromise } from '../../websocket/support/maybe-promise.ts'
import type { ClientWebSocketSession } from '../session.ts'
import type { ClientTarget, RequestBlock, RequestOptions } from './session-client-request.ts'

/** What to do with a session, which is closed when this settles. */
export type SessionBlock<in C extends ClientWebSocketSession, out T> = (
  session: C,
) => MaybePromise<T>

/** The arguments of a method that takes a block; the request may be left out. */
export type BlockArguments<C extends ClientWebSocketSession, T> =
  | readonly [target: ClientTarget, block: SessionBlock<C, T>]
  | readonly [
      target: ClientTarget,
      request: RequestOptions | RequestBlock,
      block: SessionBlock<C, T>,
    ]

/**
 * Opens a session, runs the block and ends the session, whatever the block does; settles as the block did. Rejects with
 * a `TypeError` when there is no block.
 */
export async function runBlock<C extends ClientWebSocketSession, T>(
  given: BlockArguments<C, T>,
  open: (target: ClientTarget, request: RequestOptions | RequestBlock) => Promise<C>,
): Promise<T> {
  const [request, block] = given.length === 2 ? [{}, given[1]] : [given[1], given[2]]
  if (typeof block !== 'function') {
    throw new TypeError('there is no block to run: webSocketSession() gives a session without one')
  }
  const session = await open(given[0], request)
  let reason = INTERNAL_ERROR
  try {
    const result = await block(session)
    reason = NORMAL
    return result
  } finally {
    await session.close(reason)
  }
}
