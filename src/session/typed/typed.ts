import { TypedClient, type TypedWsClient } from '../../lens/typed-client.ts'
import {
  type ReceivingLens,
  type TypedLenses,
  TypedSocket,
  type TypedWebsocket,
  type ViewLenses,
} from '../../lens/typed-websocket.ts'
import type { WsClient } from '../../websocket/client/ws-client.ts'
import type { Websocket } from '../../websocket/websocket.ts'
import type { DefaultWebSocketSession } from '../session.ts'
import { LensSession, type TypedSession } from './typed-session.ts'

/** What may be `undefined` is no lens to send: such a view would have a `send` that throws. */
type Lenses<Out, In> = TypedLenses<Out, In> | ([In] extends [never] ? ReceivingLens<Out> : never)

/**
 * A view of a session, a socket or a client that receives and sends values:
 * `typed(session, { receive: move, send: state })`. Without a lens to send it only receives: `send` does not compile.
 * Throws a `TypeError` for what is no lens, and for a session of fragments.
 */
export function typed<Out, In = never, S extends DefaultWebSocketSession = DefaultWebSocketSession>(
  session: S,
  lenses: Lenses<Out, In>,
): TypedSession<Out, NoInfer<In>, S>
export function typed<Out, In = never, S extends Websocket = Websocket>(
  socket: S,
  lenses: Lenses<Out, In>,
): TypedWebsocket<Out, NoInfer<In>, S>
export function typed<Out, In = never>(
  client: WsClient,
  lenses: Lenses<Out, In>,
): TypedWsClient<Out, NoInfer<In>>
// Last, since the compiler quotes the last overload when none fits: with it, what is wrong with the lenses.
export function typed<Out, In = never>(
  peer: DefaultWebSocketSession | Websocket | WsClient,
  lenses: Lenses<Out, In>,
):
  | TypedSession<Out, NoInfer<In>>
  | TypedWebsocket<Out, NoInfer<In>>
  | TypedWsClient<Out, NoInfer<In>>
export function typed<Out, In>(
  peer: DefaultWebSocketSession | Websocket | WsClient,
  lenses: ViewLenses<Out, In>,
): TypedSession<Out, In> | TypedWebsocket<Out, In> | TypedWsClient<Out, In> {
  if ('incoming' in peer) return new LensSession(peer, lenses)
  return 'received' in peer ? new TypedClient(peer, lenses) : new TypedSocket(peer, lenses)
}
