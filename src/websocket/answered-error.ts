/** An error with an HTTP response of its own: thrown by a handler, it answers the request, and is not reported. */
export abstract class AnsweredError extends Error {
  abstract answer(): Response
}
