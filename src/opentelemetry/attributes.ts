import type { Attributes } from '@opentelemetry/api'
import { isUpgrade } from '../protocol/handshake/server-handshake.ts'
import { routeTemplate } from '../routing/route-template.ts'
import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'

/** What a span is called, and which route it belongs to: both are few, whatever peers ask for. */
export interface Named {
  readonly name: string
  /** False for a plain request, which filters that are lifted over HTTP get, too. */
  readonly upgrade: boolean
  readonly route: Attributes
}

export function named(request: UpgradeRequest): Named {
  const upgrade = isUpgrade(request)
  const kind = upgrade ? 'WebSocket' : (knownMethod(request) ?? 'HTTP')
  const route = request.get(routeTemplate)
  if (route === undefined) return { name: kind, upgrade, route: {} }
  return { name: `${kind} ${route}`, upgrade, route: { 'http.route': route } }
}

/** By the semantic conventions for HTTP. Without the query, which may hold secrets. */
export function attributesOf(request: UpgradeRequest): Attributes {
  return {
    'http.request.method': knownMethod(request) ?? '_OTHER',
    'url.path': request.path,
    ...serverOf(request.url),
    'client.address': request.remoteAddress,
    'user_agent.original': request.header('user-agent') ?? undefined,
  }
}

const METHODS: readonly string[] = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'CONNECT',
  'TRACE',
]

/** Peers may send any other token. */
function knownMethod({ method }: UpgradeRequest): string | undefined {
  return METHODS.includes(method) ? method : undefined
}

/** None where a peer has sent what makes no URL. */
function serverOf(url: string): Attributes {
  if (!URL.canParse(url)) return {}
  const { hostname, port, protocol } = new URL(url)
  return {
    'url.scheme': protocol.slice(0, -1),
    // An address of IPv6 without its brackets.
    'server.address': hostname.replace(/^\[|\]$/g, ''),
    ...(port !== '' && { 'server.port': Number(port) }),
  }
}
