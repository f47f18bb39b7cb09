import { WebSocketConnectException } from '../../websocket/errors.ts'
import type { MaybePromise } from '../../websocket/support/maybe-promise.ts'
import { onAbort } from '../../websocket/support/on-abort.ts'

/** The value; rejects with the error of `openingAborted` if the signal aborts first. */
export async function unlessAborted<T>(value: MaybePromise<T>, signal: AbortSignal): Promise<T> {
  let forget = (): void => {}
  const aborted = new Promise<never>((_, reject) => {
    const abort = (): void => reject(openingAborted(signal))
    // It may have been aborted while the value was made.
    if (signal.aborted) abort()
    forget = onAbort(signal, abort)
  })
  try {
    return await Promise.race([aborted, value])
  } finally {
    forget()
  }
}

/** The error for a signal that has aborted. */
export function openingAborted({ reason: cause }: AbortSignal): WebSocketConnectException {
  return new WebSocketConnectException('aborted', 'opening was aborted', { cause })
}
