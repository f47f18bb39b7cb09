import type { Websocket } from '../websocket/websocket.ts'
import type { WsClient } from '../websocket/ws-client.ts'
import { TypedClient, type TypedWsClient } from './typed-client.ts'
import { type TypedLenses, TypedSocket, type TypedWebsocket } from './typed-websocket.ts'

/** A view of a socket or a client that receives and sends values: `typed(socket, { receive: move, send: state })`. */
export function typed<Out, In, S extends Websocket>(
  socket: S,
  lenses: TypedLenses<Out, In>,
): TypedWebsocket<Out, In, S>
export function typed<Out, In>(
  client: WsClient,
  lenses: TypedLenses<Out, In>,
): TypedWsClient<Out, In>
export function typed<Out, In>(
  peer: Websocket | WsClient,
  lenses: TypedLenses<Out, In>,
): TypedWebsocket<Out, In> | TypedWsClient<Out, In> {
  return 'received' in peer ? new TypedClient(peer, lenses) : new TypedSocket(peer, lenses)
}
