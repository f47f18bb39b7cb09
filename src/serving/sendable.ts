/**
 * The response that an application returned. Throws a `TypeError` for one that cannot be sent: each runtime treats those
 * in its own way, and most do not tell the application.
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
