/** A signal has one listener for all that wait for it: Node takes more than ten for a leak, and warns. */
const WAITING = new WeakMap<AbortSignal, Set<() => void> & EventListenerObject>()

/**
 * Calls `fn` when the signal aborts; not when it has aborted before. Call what is returned when that no longer matters: a
 * signal may live long, and would hold on to `fn`.
 */
export function onAbort(signal: AbortSignal, fn: () => void): () => void {
  const call = (): void => fn()
  const calls = WAITING.get(signal) ?? Object.assign(new Set<() => void>(), { handleEvent })
  WAITING.set(signal, calls.add(call))
  if (calls.size === 1) signal.addEventListener('abort', calls)
  return () => {
    calls.delete(call)
    if (calls.size === 0) signal.removeEventListener('abort', calls)
  }
}

function handleEvent(this: Set<() => void>): void {
  for (const call of this) call()
}
