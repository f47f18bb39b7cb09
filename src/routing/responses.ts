import { NOT_WHOLE } from '../protocol/handshake/server-handshake.ts'
import { includesToken } from '../protocol/header-tokens.ts'

/** Said, since Bun does not show what type it gives to a string: by its modules of Node there would be none. */
const TEXT = { 'content-type': 'text/plain;charset=utf-8' }

/** No route took the request. */
export function notFound(): Response {
  return new Response('Not Found', { status: 404, headers: TEXT })
}

/**
 * A request without an upgrade, for what is only there over WebSockets (RFC 9110, sections 7.8 and 15.5.22). One that is
 * the last on its connection is told so (RFC 9112, section 9.6): servers leave a `Connection` that is given as it is.
 */
export function upgradeRequired({ headers }: Pick<Request, 'headers'>): Response {
  const last = includesToken(headers.get('connection'), 'close')
  // A proxy that knows no upgrades passes on neither Upgrade nor Connection, but the key.
  const part = headers.has('upgrade') || headers.has('sec-websocket-key')
  return new Response(part ? `${NOT_WHOLE}\n` : 'Upgrade Required', {
    status: 426,
    headers: { ...TEXT, connection: last ? 'upgrade, close' : 'upgrade', upgrade: 'websocket' },
  })
}
