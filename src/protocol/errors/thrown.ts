/** Whatever was thrown, as text. Never throws, as `String` does for what cannot be converted. */
export function textOf(thrown: unknown): string {
  try {
    return String(thrown)
  } catch {
    return typeof thrown
  }
}

/** Whatever was thrown, as an `Error` with a message that can be read. Never throws, as `instanceof` does for a revoked proxy. */
export function asError(thrown: unknown): Error {
  try {
    if (thrown instanceof Error && thrown.message !== undefined) return thrown
  } catch {}
  return new Error(textOf(thrown), { cause: thrown })
}
