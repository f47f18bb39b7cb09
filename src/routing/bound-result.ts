import type { MaybePromise } from '../websocket/support/maybe-promise.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WebSocketUpgrade } from '../websocket/websocket-upgrade.ts'
import type { WsResponse } from '../websocket/ws-handler.ts'

interface Consuming {
  // A method, since its parameter is bivariant: `(socket) => ...` infers a `Websocket`, while a consumer that asks for
  // more, such as a `FrameSocket`, is accepted as well and keeps its type.
  consumer(socket: Websocket): unknown
}

type AnyConsumer = Consuming['consumer']

type AnyResponse = Consuming & Omit<WsResponse<never>, 'consumer'>

/** What a handler of upgrades may return, whatever socket it needs: a `WsDecision`, or a promise of one. */
export type AnyDecision = MaybePromise<AnyConsumer | AnyResponse | Response | undefined>

/**
 * Everything that a handler may return, over HTTP or for an upgrade. `routes` and `websockets` each accept their part of
 * it: `bind` is one function for both, so that a handler written in place has its parameters inferred.
 */
export type BoundResult = MaybePromise<
  AnyConsumer | AnyResponse | WebSocketUpgrade<never> | Response | undefined
>
