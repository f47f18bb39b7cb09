import { newKey } from '../../protocol/handshake/accept-key.ts'
import { type ClientHandshake, clientHandshake } from '../../protocol/handshake/client-handshake.ts'
import type { HandshakeRequest } from '../../protocol/handshake/server-handshake.ts'
import type { ExtensionHeader } from '../../protocol/headers/extension-header.ts'
import { fieldValue } from '../../protocol/headers/header-field.ts'
import type { UpgradeRequest } from '../../websocket/request/upgrade-request.ts'
import type { OfflineOptions, TestRequest } from './offline-options.ts'

/** What a path alone is relative to. */
const NOWHERE = 'ws://localhost/'

/** Headers of a given request that the handshake makes itself. */
const HANDSHAKE_HEADERS: readonly string[] = [
  'connection',
  'upgrade',
  'content-length',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-protocol',
  'sec-websocket-extensions',
]

/** The handshake that a client would send. Throws as `clientHandshake` does. */
export function offlineHandshake(
  request: TestRequest,
  options: Pick<OfflineOptions, 'headers' | 'protocols'>,
  offers: readonly ExtensionHeader[],
): ClientHandshake {
  const bare = typeof request === 'string' || request instanceof URL
  const headers = new Headers(bare ? undefined : request.headers)
  for (const [name, value] of new Headers(options.headers)) headers.set(name, value)
  const listed = headers.get('sec-websocket-protocol')?.split(',') ?? []
  const { protocols = listed.map((token) => token.trim()) } = options
  for (const name of HANDSHAKE_HEADERS) headers.delete(name)
  return clientHandshake({
    url: new URL(bare ? request : request.url, NOWHERE),
    protocols: typeof protocols === 'string' ? [protocols] : protocols,
    extensions: offers,
    headers,
    key: newKey(),
  })
}

/** The handshake as a server reads it. */
export function headOf(handshake: ClientHandshake): HandshakeRequest {
  return {
    method: handshake.method,
    httpVersion: '1.1',
    header: (name) => fieldValue(handshake.headers, name),
  }
}

export function isUpgradeRequest(request: TestRequest): request is UpgradeRequest {
  return typeof request === 'object' && 'withParams' in request
}
