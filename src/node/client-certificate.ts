import { type PeerCertificate, TLSSocket } from 'node:tls'
import { peerOf, type UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import { Http2Peer } from './upgrade/http2-peer.ts'
import { UpgradeSource } from './upgrade/upgrade-source.ts'

/**
 * The certificate that a client has shown to a server with `tls: { requestCert: true, ca }`, whether the request is for an
 * upgrade or not. `undefined` if it has shown none that the server trusts, without TLS, and once the connection has ended.
 */
export function clientCertificate(request: UpgradeRequest<unknown>): PeerCertificate | undefined {
  const peer = peerOf(request)
  const stream = peer instanceof UpgradeSource ? peer.stream : peer
  const socket = stream instanceof Http2Peer ? stream.socket : stream
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined
  // `null` once the connection has ended, which Node's types do not say.
  const certificate: PeerCertificate | null = socket.getPeerCertificate()
  return certificate ?? undefined
}
