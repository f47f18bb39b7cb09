/** No route took the request. */
export function notFound(): Response {
  return new Response('Not Found', { status: 404 })
}

/** A request without an upgrade, for what is only there over WebSockets (RFC 9110, sections 7.8 and 15.5.22). */
export function upgradeRequired(): Response {
  return new Response('Upgrade Required', {
    status: 426,
    headers: { connection: 'upgrade', upgrade: 'websocket' },
  })
}
