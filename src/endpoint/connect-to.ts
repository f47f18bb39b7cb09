import { TypedClient, type TypedWsClient } from '../lens/typed-client.ts'
import type { HeadersInput } from '../protocol/headers/header-field.ts'
import type { WsClient } from '../websocket/client/ws-client.ts'
import { type UpgradeRequest, upgradeRequest } from '../websocket/request/upgrade-request.ts'
import type { Endpoint, MessageIn, MessageLens, MessageOut } from './endpoint.ts'
import type { EndpointInput, RequestLensMap } from './endpoint-lenses.ts'

/** The request that opens a connection to an endpoint. */
export interface EndpointRequest {
  readonly url: string
  readonly options: EndpointRequestOptions
}

/** The options of a `connect`, without those that the endpoint does not need: not every `connect` can send headers. */
export interface EndpointRequestOptions {
  readonly protocols?: readonly string[] | undefined
  readonly headers?: HeadersInput | undefined
}

const URL_PARTS = /^([^?#]*)(.*)$/s

/**
 * The request that opens `endpoint` at the server at `base`, whose path goes before that of the endpoint, and whose query
 * stays. It suits `connect(url, options)`, `open`, `testWsClient(app, url, options)` and the methods of a `SessionClient`.
 * Throws a `LensFailure` for a value that the server would refuse.
 */
export function requestTo<P extends string, L extends RequestLensMap>(
  endpoint: Endpoint<P, L>,
  base: string | URL,
  values: EndpointInput<P, L>,
): EndpointRequest {
  const { path, protocol, request: lenses } = endpoint
  const [, start = '', rest = ''] = URL_PARTS.exec(String(base)) ?? []
  let request = blank(start.replace(/\/$/, '') + (path === '/' ? '' : path) + rest)
  for (const [name, lens] of Object.entries<RequestLensMap[string]>(lenses)) {
    // By the type of the values, each is one that its lens takes.
    const value = Reflect.get(values, name) as never
    request = lens.create(value)(request)
  }
  const headers = [...request.headers]
  return {
    url: request.url,
    options: {
      ...(protocol !== undefined && { protocols: [protocol] }),
      ...(headers.length > 0 && { headers }),
    },
  }
}

/**
 * Connects to `endpoint` at the server at `base`, by any `connect`: `connectTo(chat, 'wss://example.com', { room: 'a' },
 * connect)`. The client has the messages of the endpoint as values. Throws as `requestTo` and as `connect` do.
 */
export function connectTo<
  P extends string,
  L extends RequestLensMap,
  C extends MessageLens,
  S extends MessageLens,
>(
  endpoint: Endpoint<P, L, C, S>,
  base: string | URL,
  values: EndpointInput<P, L>,
  connect: (url: string, options: EndpointRequestOptions) => WsClient,
): TypedWsClient<MessageOut<S>, MessageIn<C>> {
  const { url, options } = requestTo(endpoint, base, values)
  return new TypedClient(connect(url, options), endpoint.clientSide)
}

function blank(url: string): UpgradeRequest {
  const headers = new Headers()
  return upgradeRequest({
    method: 'GET',
    url,
    header: () => null,
    headers: () => headers,
    raw: () => new Request(url),
  })
}
