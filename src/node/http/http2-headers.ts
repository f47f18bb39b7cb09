/** The headers that HTTP/2 does not have: they are about the connection (RFC 9113, section 8.2.2). */
const OF_CONNECTIONS = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'te',
] as const

/** The same headers without those that cannot be sent over HTTP/2. */
export function http2Headers(headers: Headers): Headers {
  const rest = new Headers(headers)
  for (const name of OF_CONNECTIONS) rest.delete(name)
  return rest
}
