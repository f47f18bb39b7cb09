import type { IncomingHttpHeaders } from 'node:http2'

/** The headers that HTTP/2 does not have: they are about the connection (RFC 9113, section 8.2.2). */
const OF_CONNECTIONS: readonly string[] = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'te',
]

export function isConnectionHeader(name: string): boolean {
  return OF_CONNECTIONS.includes(name.toLowerCase())
}

/** The same headers without those that cannot be sent over HTTP/2. */
export function http2Headers(headers: Headers): Headers {
  const rest = new Headers(headers)
  for (const name of OF_CONNECTIONS) rest.delete(name)
  return rest
}

/** The headers that a peer has sent, as Node's parser gives them, without pseudo-headers. */
export function receivedHeaders(fields: IncomingHttpHeaders): Headers {
  const headers = new Headers()
  for (const [name, value = []] of Object.entries(fields)) {
    if (name.startsWith(':')) continue
    for (const each of [value].flat()) headers.append(name, each)
  }
  return headers
}
