import { onAbort } from './on-abort.ts'

/**
 * Aborts `controller` when `signal` aborts. Call the function returned when that no longer matters: a signal may live
 * long, and would keep the controller alive.
 */
export function forwardAbort(
  signal: AbortSignal | undefined,
  controller: AbortController,
): () => void {
  if (signal === undefined) return () => {}
  const abort = (): void => controller.abort(signal.reason)
  if (signal.aborted) abort()
  return onAbort(signal, abort)
}
