import { TypedClient, type TypedWsClient } from '../lens/typed-client.ts'
import type { TypedLenses } from '../lens/typed-websocket.ts'
import { quote } from '../protocol/errors/quote.ts'
import type { HeadersInput } from '../protocol/headers/header-field.ts'
import type { WsClient } from '../websocket/client/ws-client.ts'
import { type UpgradeRequest, upgradeRequest } from '../websocket/request/upgrade-request.ts'
import { wrongType } from '../websocket/support/check-function.ts'
import type { Endpoint, MessageIn, MessageOut } from './endpoint.ts'
import type { EndpointInput } from './endpoint-values.ts'

/** The request that opens a connection to an endpoint. */
export interface EndpointRequest {
  readonly url: string
  readonly options: EndpointRequestOptions
}

/** The options of a `connect`, without those that the endpoint does not need: not every `connect` can send headers. */
export interface EndpointRequestOptions {
  /** The subprotocol of the endpoint, if it has one. */
  readonly protocols?: readonly string[] | undefined
  /** Those that the lenses of the endpoint write, if any. */
  readonly headers?: HeadersInput | undefined
}

const URL_PARTS = /^([^?#]*)(.*)$/s

/**
 * The request that opens `endpoint` at the server at `base`, whose path goes before that of the endpoint, and whose query
 * stays. It suits `connect(url, options)`, `open`, `testWsClient(app, url, options)` and the methods of a `SessionClient`.
 * Throws a `LensFailure` for a value that the server would refuse, and a `TypeError` for one that the endpoint does not have.
 */
export function requestTo<E extends Endpoint>(
  endpoint: E,
  base: string | URL,
  values: EndpointInput<E>,
): EndpointRequest {
  const { path, protocol, request: lenses } = endpoint
  checkValues(endpoint, values)
  const [, start = '', rest = ''] = URL_PARTS.exec(String(base)) ?? []
  let request = blank(start.replace(/\/$/, '') + (path === '/' ? '' : path) + rest)
  for (const [name, lens] of Object.entries(lenses)) {
    const value: unknown = Reflect.get(values, name)
    const given = value === Reflect.get(Object.prototype, name) ? undefined : value
    // By the type of the values, each is one that its lens takes.
    request = lens.create(given as never)(request)
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
export function connectTo<E extends Endpoint>(
  endpoint: E,
  base: string | URL,
  values: EndpointInput<E>,
  connect: (url: string, options: EndpointRequestOptions) => WsClient,
): TypedWsClient<MessageOut<E['fromServer']>, MessageIn<E['fromClient']>> {
  const { url, options } = requestTo(endpoint, base, values)
  // Those of its messages: the compiler does not look into `E`.
  const lenses = endpoint.clientSide as TypedLenses<
    MessageOut<E['fromServer']>,
    MessageIn<E['fromClient']>
  >
  return new TypedClient(connect(url, options), lenses)
}

/** Not every caller is type-checked, and the compiler lets values pass that have been given another type before. */
function checkValues({ path, request: lenses }: Endpoint, values: object): void {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw wrongType(values, `the endpoint ${quote(path)} needs an object of values`)
  }
  const unknown = Object.keys(values).find((name) => !Object.hasOwn(lenses, name))
  if (unknown === undefined) return
  const right = Object.keys(lenses).join(', ') || 'none'
  throw new TypeError(
    `the endpoint ${quote(path)} has no value ${quote(unknown)}, its values: ${right}`,
  )
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
