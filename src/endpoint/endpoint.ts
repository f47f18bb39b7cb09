import type { Lens } from '../lens/lens.ts'
import { type TypedLenses, viewLenses } from '../lens/typed-websocket.ts'
import { checkSubprotocols } from '../protocol/handshake/subprotocol.ts'
import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'
import type { WsMessage } from '../websocket/ws-message.ts'
import { type EndpointLenses, type RequestLensMap, requestLenses } from './endpoint-lenses.ts'
import { type NoMessages, noMessages } from './no-messages.ts'

/** Any lens that reads and writes messages. */
export type MessageLens = Lens<WsMessage, unknown, never>

/** The values that a lens reads. */
export type MessageOut<M extends MessageLens> = 'readsNothing' extends keyof M
  ? never
  : ReturnType<M>

/** The values that a lens writes. */
export type MessageIn<M extends MessageLens> = Parameters<M['create']>[0]

/** What `endpoint` is told. */
export interface EndpointSpec<
  L extends RequestLensMap,
  C extends MessageLens,
  S extends MessageLens,
> {
  /** The subprotocol that the client offers, and the server answers. Default: none. */
  readonly protocol?: string | undefined
  /**
   * What the opening request carries, by the names that the values get. A path parameter is text, unless there is a lens
   * for it, under its own name.
   */
  readonly request?: L | undefined
  /** Messages to the server. Default: the client sends none. */
  readonly fromClient?: C | undefined
  /** Messages to the client. Default: the server sends none. */
  readonly fromServer?: S | undefined
  /** For the documentation, in CommonMark. */
  readonly description?: string | undefined
}

/** What server and client agree on. Plain data: `bindEndpoint`, `connectTo` and `asyncApi` are made for it. */
export interface Endpoint<
  P extends string = string,
  L extends RequestLensMap = RequestLensMap,
  C extends MessageLens = MessageLens,
  S extends MessageLens = MessageLens,
> {
  /** The path template, as `bind` takes it. */
  readonly path: P
  readonly protocol: string | undefined
  readonly description: string | undefined
  /** The lenses for the opening request, with one for each path parameter. */
  readonly request: EndpointLenses<P, L>
  readonly fromClient: C
  readonly fromServer: S
  /** For `typed`, with a socket, a session or a client of the server. */
  readonly serverSide: TypedLenses<MessageOut<C>, MessageIn<S>>
  /** For `typed`, with a socket, a session or a client of the client. */
  readonly clientSide: TypedLenses<MessageOut<S>, MessageIn<C>>
}

const ENDPOINT_SPEC: OptionNames<EndpointSpec<RequestLensMap, MessageLens, MessageLens>> = {
  protocol: 0,
  request: 0,
  fromClient: 0,
  fromServer: 0,
  description: 0,
}

/**
 * Defines once what server and client agree on: where the endpoint is, what its opening request carries, and the messages
 * of both sides. Throws a `TypeError` for an invalid path template, one with `*`, an invalid subprotocol, an unknown
 * option, and for lenses that cannot be right.
 */
export function endpoint<
  const P extends string,
  L extends RequestLensMap = Record<never, never>,
  C extends MessageLens = NoMessages,
  S extends MessageLens = NoMessages,
>(path: P, spec?: EndpointSpec<L, C, S>): Endpoint<P, L, C, S>
export function endpoint(
  path: string,
  spec: EndpointSpec<RequestLensMap, MessageLens, MessageLens> = {},
): Endpoint {
  checkNames('endpoint()', spec, ENDPOINT_SPEC)
  const { protocol, description, fromClient = noMessages, fromServer = noMessages } = spec
  if (protocol !== undefined) checkSubprotocols([protocol])
  return {
    path,
    protocol,
    description,
    request: requestLenses(path, spec.request),
    fromClient,
    fromServer,
    serverSide: viewLenses({ receive: fromClient, send: fromServer }),
    clientSide: viewLenses({ receive: fromServer, send: fromClient }),
  }
}
