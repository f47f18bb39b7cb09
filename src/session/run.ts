import { INTERNAL_ERROR } from '../protocol/close/reason.ts'
import { WebSocketClosedException } from '../websocket/errors.ts'
import type { DefaultWebSocketSession, RawWebSocketSession, WebSocketSession } from './session.ts'

/**
 * Runs a handler for a session and then closes the session: with 1000, or with 1011 and no inner detail when the handler
 * threw. Resolves when the session has ended. If the handler threw, it rejects with that error once everything sent is
 * out, the Close frame included, unless the error only says that the session has ended.
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
      // The error is reported as soon as the Close frame is out, without waiting for the peer.
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
