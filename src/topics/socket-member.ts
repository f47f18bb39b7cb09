import type { CloseReason } from '../protocol/close/reason.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsMessage } from '../websocket/ws-message.ts'
import { Member } from './member.ts'

/** A socket bounds by itself what waits for a slow peer. */
export class SocketMember extends Member {
  readonly subscriber: Websocket
  #refused = false

  constructor(socket: Websocket) {
    super()
    this.subscriber = socket
    socket.onClose(() => this.ended())
  }

  get open(): boolean {
    const { state } = this.subscriber
    return state === 'open' || state === 'connecting'
  }

  /** Where nothing waits, a filter has dropped the message. */
  get isBehind(): boolean {
    return this.#refused && this.subscriber.bufferedAmount > 0
  }

  send(message: WsMessage): boolean {
    // `false` if it is above the high-water mark, or was dropped, too. If it was closed for this, it does not get it.
    this.#refused = !this.subscriber.send(message)
    return !this.#refused || this.open
  }

  drained(): Promise<void> {
    return this.subscriber.drained()
  }

  close(reason: CloseReason): void {
    this.subscriber.close(reason)
  }
}
