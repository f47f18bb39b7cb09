/** An error that may have an HTTP response of its own: thrown by a handler, it answers the request, and is not reported. */
export abstract class AnsweredError extends Error {
  abstract answer(): Response | undefined
}

/** The response of an error that has one. */
export function answerOf(error: Error): Response | undefined {
  return error instanceof AnsweredError ? error.answer() : undefined
}
