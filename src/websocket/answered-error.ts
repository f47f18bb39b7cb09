/** An error that knows what a request gets for it: thrown by a handler, it is an answer and no fault. */
export abstract class AnsweredError extends Error {
  abstract answer(): Response
}
