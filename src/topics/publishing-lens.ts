import type { Lens } from '../lens/lens.ts'
import { checkFunction } from '../websocket/support/check-function.ts'
import { WsMessage } from '../websocket/ws-message.ts'

/** Has what is published made into a message by a lens. */
export interface PublishingLens<in In> {
  readonly message: Pick<Lens<WsMessage, unknown, In>, 'create'>
}

/** How messages are made of what is published with such a lens. Throws a `TypeError` for what is none. */
export function byLens<In>(message: PublishingLens<In>['message']): (value: In) => WsMessage {
  checkFunction(message.create, 'the option message needs a lens, with create')
  return (value) => message.create(value)
}

/** How messages are made of what is published without a lens. */
export function messageOf(content: WsMessage | string | Uint8Array): WsMessage {
  return content instanceof WsMessage ? content : WsMessage.of(content)
}
