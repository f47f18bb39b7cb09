import type { MaybePromise } from './maybe-promise.ts'
import { onAbort } from './on-abort.ts'

/** The value; rejects if the signal aborts first, or has aborted: with its reason, or with the error made of the signal. */
export function unlessAborted<T>(
  value: MaybePromise<T>,
  signal: AbortSignal,
  errorOf: (signal: AbortSignal) => unknown = reasonOf,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      forget()
      reject(errorOf(signal))
    }
    const forget = onAbort(signal, abort)
    if (signal.aborted) abort()
    Promise.resolve(value).finally(forget).then(resolve, reject)
  })
}

function reasonOf({ reason }: AbortSignal): unknown {
  return reason
}
