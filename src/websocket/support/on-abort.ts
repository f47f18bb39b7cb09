/** A signal gets one listener for all callbacks: Node takes more than ten listeners for a leak, and warns. */
const WAITING = new WeakMap<AbortSignal, Set<() => void> & EventListenerObject>()

/**
 * Calls `fn` when the signal aborts; not if it has aborted already. Call the function returned when that no longer
 * matters: a signal may live long, and would keep `fn` alive.
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
