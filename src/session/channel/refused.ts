/** A promise that is rejected, but raises no unhandled rejection. */
export function refused(reason: unknown): Promise<never> {
  return handled(Promise.reject(reason))
}

/** The same promise, whose rejection is not an unhandled one. */
export function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(ignore)
  return promise
}

function ignore(): void {}
