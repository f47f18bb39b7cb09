import { type PeerCertificate, TLSSocket } from 'node:tls'
import { peerOf, type UpgradeRequest } from '../websocket/request/upgrade-request.ts'

/**
 * The certificate that a client has shown to a server with `tls: { requestCert: true, ca }`, whether the request is for an
 * upgrade or not. `undefined` if it has shown none that the server trusts, without TLS, and once the connection has ended.
 */
export function clientCertificate(request: UpgradeRequest<unknown>): PeerCertificate | undefined {
  const peer = peerOf(request)
  if (!(peer instanceof TLSSocket) || !peer.authorized) return undefined
  // `null` once the connection has ended, which Node's types do not say.
  const certificate: PeerCertificate | null = peer.getPeerCertificate()
  return certificate ?? undefined
}
