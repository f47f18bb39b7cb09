import {
  ProtocolWebsocket,
  type ProtocolWebsocketOptions,
} from '../../websocket/socket/protocol-websocket.ts'
import type { WsMessage } from '../../websocket/ws-message.ts'
import type { RawWebSocketSession } from '../session.ts'
import { FrameTransport } from './frame-transport.ts'

/**
 * A socket over a raw session. That may be closing before the socket has read the Close, behind all that came before: then
 * the socket is closing, too, since nothing is sent any more.
 */
export class OverWebsocket extends ProtocolWebsocket {
  readonly #raw: RawWebSocketSession

  constructor(raw: RawWebSocketSession, options: ProtocolWebsocketOptions) {
    const transport = new FrameTransport(raw)
    super(transport, options)
    this.#raw = raw
    transport.start(this.handler)
  }

  override get state(): 'open' | 'closing' | 'closed' {
    const state = super.state
    return state === 'open' && this.#raw.outgoing.isClosedForSend ? 'closing' : state
  }

  override send(message: WsMessage | string | Uint8Array): boolean {
    return this.state === 'open' && super.send(message)
  }
}
