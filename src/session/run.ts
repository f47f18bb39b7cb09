import { INTERNAL_ERROR } from '../protocol/reason.ts'
import { WebSocketClosedException } from '../websocket/errors.ts'
import type { DefaultWebSocketSession, RawWebSocketSession, WebSocketSession } from './session.ts'

/**
 * Runs a handler for a session and closes the session behind it: with 1000, or with 1011 and no inner detail when the
 * handler threw. Resolves when the session has ended. Rejects with what the handler threw once all that was sent is out,
 * the Close frame too, unless that only says that the session has ended.
 */
export async function run<S extends DefaultWebSocketSession>(
  session: S,
  handler: (session: S) => unknown,
): Promise<void> {
  await runSession(session, handler)
}

/** As `run`, for a raw session. */
export async function start<S extends RawWebSocketSession>(
  session: S,
  handler: (session: S) => unknown,
): Promise<void> {
  await runSession(session, handler)
}

async function runSession<S extends WebSocketSession>(
  session: S,
  handler: (session: S) => unknown,
): Promise<void> {
  try {
    await handler(session)
  } catch (error) {
    if (!isEnd(error, session)) {
      // An error is told as soon as the Close frame is out: whoever hears of it need not wait for the peer.
      await Promise.race([session.close(INTERNAL_ERROR), session.flush()])
      throw error
    }
  }
  await session.close()
}

function isEnd(error: unknown, { outgoing, closeRecord }: WebSocketSession): boolean {
  if (!outgoing.isClosedForSend) return false
  return error instanceof WebSocketClosedException || error === closeRecord?.cause
}
