/** An error that may have an HTTP response of its own: thrown by a handler, it answers the request, and is not reported. */
export abstract class AnsweredError extends Error {
  abstract answer(): Response | undefined
}

/** The response of an error that has one; `undefined` for whatever else was thrown. */
export function answerOf(thrown: unknown): Response | undefined {
  return thrown instanceof AnsweredError ? thrown.answer() : undefined
}
