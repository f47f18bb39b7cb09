import { asError } from '../../protocol/errors/thrown.ts'
import { type Backoff, backoffOf, type Pause } from '../../websocket/client/backoff.ts'
import {
  BACKOFF_OPTIONS,
  type BackoffOptions,
  backoffOptions,
  type ResolvedBackoffOptions,
} from '../../websocket/client/backoff-options.ts'
import { failureOf } from '../../websocket/client/failure-of.ts'
import { NEVER_CONNECTED } from '../../websocket/never-connected.ts'
import { checkFunction } from '../../websocket/support/check-function.ts'
import type { MaybePromise } from '../../websocket/support/maybe-promise.ts'
import { onAbort } from '../../websocket/support/on-abort.ts'
import { checkNames } from '../../websocket/support/option-names.ts'
import { unlessAborted } from '../../websocket/support/unless-aborted.ts'
import type { WsStatus } from '../../websocket/ws-status.ts'
import type { WebSocketSession } from '../session.ts'
import { openingAborted } from './opening-aborted.ts'

/** Opens a session, as `webSocketSession` does; `attempt` counts from 1. */
export type OpenSession<out S extends WebSocketSession> = (attempt: number) => MaybePromise<S>

/**
 * One session after another, for the body of a loop: each is opened when the body is done with the one before. How that
 * ended decides what follows: another attempt, after a while, or none. The loop then throws a `WebSocketClosedException`
 * if the end was a failure.
 *
 * A session that is still open when the body is done is closed with 1000, and another attempt follows. Leaving the loop,
 * by `break` or by an error, closes the session in the same way, and is the end.
 *
 * What `open` throws or rejects with is an attempt that failed; if it is the last, the loop throws it. If `onDown` returns
 * a promise, the next attempt waits for it. An abort drops the session, and the loop throws a `WebSocketConnectException`
 * with the stage `'aborted'`.
 *
 * Throws a `TypeError` for an unknown option.
 */
export function reconnectingSessions<S extends WebSocketSession>(
  open: OpenSession<S>,
  options: BackoffOptions = {},
): AsyncGenerator<S, void, undefined> {
  checkFunction(open, 'reconnectingSessions needs a function that opens a session')
  checkNames('reconnectingSessions()', options, BACKOFF_OPTIONS)
  return sessionsInTurn(open, backoffOptions(options))
}

async function* sessionsInTurn<S extends WebSocketSession>(
  open: OpenSession<S>,
  options: ResolvedBackoffOptions,
): AsyncGenerator<S, void, undefined> {
  const { signal = new AbortController().signal } = options
  const backoff = backoffOf(options)
  for (let attempt = 1; !signal.aborted; attempt++) {
    const { status, cause, retryable } = yield* oneSession(() => open(attempt), backoff, signal)
    if (signal.aborted) break
    const pause = backoff.failed(status, cause, retryable)
    if (!pause) {
      const failure = failureOf(status, cause)
      if (failure) throw failure
      return
    }
    await passed(pause, options.onDown, backoff, signal)
  }
  throw openingAborted(signal)
}

/** How an attempt ended. */
interface End {
  readonly status: WsStatus
  readonly cause: Error | undefined
  /** If it is not for the status to decide. */
  readonly retryable?: boolean | undefined
}

/** Gives the session to the body of the loop, if it can be opened, and closes it afterwards. */
async function* oneSession<S extends WebSocketSession>(
  open: () => MaybePromise<S>,
  backoff: Backoff,
  signal: AbortSignal,
): AsyncGenerator<S, End, undefined> {
  const opening = Promise.resolve().then(open)
  let session: S
  try {
    session = await unlessAborted(opening, signal, openingAborted)
  } catch (thrown) {
    // After an abort, it may still open.
    opening.then(
      (late) => late.terminate(),
      () => {},
    )
    return { status: NEVER_CONNECTED, cause: asError(thrown) }
  }
  // Not when the body is done with it, which may be long after.
  void session.closed.then(backoff.opened())
  void session.closed.then(onAbort(signal, () => session.terminate()))
  if (signal.aborted) session.terminate()
  let left = false
  try {
    yield session
    left = !session.outgoing.isClosedForSend
  } finally {
    await session.close()
  }
  const { reason, cause } = await session.closed
  return { status: reason, cause, retryable: left || undefined }
}

/** Resolves when it is time for the next attempt. */
async function passed(
  { end, wait }: Pause,
  onDown: ResolvedBackoffOptions['onDown'],
  backoff: Backoff,
  signal: AbortSignal,
): Promise<void> {
  let stop = (): void => {}
  const waited = new Promise<void>((resolve) => {
    stop = backoff.wait(wait, resolve)
  })
  try {
    await unlessAborted(Promise.all([waited, onDown(end, wait)]), signal, openingAborted)
  } finally {
    stop()
  }
}
