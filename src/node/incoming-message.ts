import type { IncomingMessage } from 'node:http'
import { peerOf, type UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import { UpgradeSource } from './upgrade/upgrade-source.ts'

/**
 * Node's own request for an upgrade that came by way of `attach` or `upgrader`: with what middleware put there, such as
 * `session` or `user`. Ask in handlers, in handshake filters, or at the start of a consumer or a session, before it awaits
 * anything: later it is `undefined`, so that open connections need not keep it. It always is over HTTP/2, and on servers of
 * `node()`, most of whose upgrades Node does not parse.
 */
export function incomingMessage(request: UpgradeRequest<unknown>): IncomingMessage | undefined {
  const peer = peerOf(request)
  return peer instanceof UpgradeSource ? peer.message : undefined
}
