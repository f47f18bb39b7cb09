import type { MaybePromise } from './maybe-promise.ts'
import { onAbort } from './on-abort.ts'

/** The value; rejects with the signal's reason if that aborts first. */
export function unlessAborted<T>(value: MaybePromise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    if (signal.aborted) abort()
    Promise.resolve(value).finally(onAbort(signal, abort)).then(resolve, reject)
  })
}
