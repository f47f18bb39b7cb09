import { NOT_WHOLE } from '../protocol/handshake/server-handshake.ts'
import { includesToken } from '../protocol/headers/header-tokens.ts'

/** Set, since Bun does not show the type that it gives to a string: with its modules of Node there would be none. */
const TEXT = { 'content-type': 'text/plain;charset=utf-8' }

/** No route took the request. */
export function notFound(): Response {
  return new Response('Not Found', { status: 404, headers: TEXT })
}

/**
 * The answer to a plain request for something that is there over WebSockets only (RFC 9110, sections 7.8 and 15.5.22). If
 * the request is the last on its connection, the answer says `close` (RFC 9112, section 9.6): servers do not add that to
 * a `Connection` that is given.
 */
export function upgradeRequired({ headers }: Pick<Request, 'headers'>): Response {
  const last = includesToken(headers.get('connection'), 'close')
  // A proxy that does not know upgrades removes Upgrade and Connection, but not the key.
  const part = headers.has('upgrade') || headers.has('sec-websocket-key')
  return new Response(part ? `${NOT_WHOLE}\n` : 'Upgrade Required', {
    status: 426,
    headers: { ...TEXT, connection: last ? 'upgrade, close' : 'upgrade', upgrade: 'websocket' },
  })
}
