import type { Attributes } from '@opentelemetry/api'
import { routeTemplate } from '../routing/route-template.ts'
import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'

/** What a span is called, and which route it belongs to: both are few, whatever peers ask for. */
export interface Named {
  readonly name: string
  readonly route: Attributes
}

export function named(request: UpgradeRequest): Named {
  const route = request.get(routeTemplate)
  if (route === undefined) return { name: 'WebSocket', route: {} }
  return { name: `WebSocket ${route}`, route: { 'http.route': route } }
}

/** By the semantic conventions for HTTP. Without the query, which may hold secrets. */
export function attributesOf(request: UpgradeRequest): Attributes {
  return {
    'http.request.method': request.method,
    'url.path': request.path,
    ...serverOf(request.url),
    'client.address': request.remoteAddress,
    'user_agent.original': request.header('user-agent') ?? undefined,
  }
}

/** None where a peer has sent what makes no URL. */
function serverOf(url: string): Attributes {
  if (!URL.canParse(url)) return {}
  const { hostname, port, protocol } = new URL(url)
  return {
    'url.scheme': protocol.slice(0, -1),
    'server.address': hostname,
    ...(port !== '' && { 'server.port': Number(port) }),
  }
}
