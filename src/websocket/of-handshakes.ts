import type { HandshakeFilter } from './ws-handler.ts'

/**
 * The filter, which refuses sockets: not every application is type-checked, and given to `withFilter`, most filters of
 * handshakes would do nothing in silence. The server is told why, and closes the socket with 1011.
 */
export function ofHandshakes(filter: HandshakeFilter): HandshakeFilter {
  return (next) => {
    const handler = filter(next)
    return (request) => {
      if (typeof request.path !== 'string') {
        throw new TypeError('withFilter needs a filter of sockets, not of handshakes')
      }
      return handler(request)
    }
  }
}
