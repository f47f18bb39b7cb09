import type { CloseReason } from '../protocol/close/reason.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsMessage } from '../websocket/ws-message.ts'
import { Member } from './member.ts'

/** A socket bounds by itself what waits for a slow peer. */
export class SocketMember extends Member {
  readonly subscriber: Websocket
  isBehind = false

  constructor(socket: Websocket) {
    super()
    this.subscriber = socket
    socket.onClose(() => this.ended())
  }

  get open(): boolean {
    const { state } = this.subscriber
    return state === 'open' || state === 'connecting'
  }

  send(message: WsMessage): boolean {
    // `false` if it is above the high-water mark, or was dropped, too. If it was closed for this, it does not get it.
    this.isBehind = !this.subscriber.send(message)
    return !this.isBehind || this.open
  }

  drained(): Promise<void> {
    return this.subscriber.drained()
  }

  close(reason: CloseReason): void {
    this.subscriber.close(reason)
  }
}
