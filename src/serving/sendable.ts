/**
 * The response that an application answered. Throws a `TypeError` for one that cannot be sent: what runtimes make of that
 * they all make in their own way, most without a word to the application.
 */
export function sendable(response: Response): Response {
  if (response.bodyUsed) {
    throw new TypeError('a handler answered a Response whose body has been read: make a new one')
  }
  if (response.status === 0) {
    throw new TypeError('a handler answered Response.error(), which cannot be sent')
  }
  return response
}
