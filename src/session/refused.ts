/** Rejected, and harmless when nobody waits for it. */
export function refused(reason: unknown): Promise<never> {
  return harmless(Promise.reject(reason))
}

/** The promise; its rejection is no unhandled one. */
export function harmless<T>(promise: Promise<T>): Promise<T> {
  promise.catch(ignore)
  return promise
}

function ignore(): void {}
