import { type CloseReason, TRY_AGAIN_LATER } from '../protocol/close/reason.ts'
import { asError } from '../protocol/errors/thrown.ts'
import { frameOfMessage } from '../session/channel/message-frames.ts'
import { SENT } from '../session/channel/outgoing-channel.ts'
import { handled } from '../session/channel/refused.ts'
import type { WebSocketSession } from '../session/session.ts'
import { MAX_BUFFERED_AMOUNT } from '../websocket/socket/socket-settings.ts'
import type { WsMessage } from '../websocket/ws-message.ts'
import { Member, sizeOf } from './member.ts'
import type { Report } from './report.ts'

/** A session has its senders wait, without a bound. A topic does not wait: past a bound, it closes the session with 1013. */
export class SessionMember extends Member {
  readonly subscriber: WebSocketSession
  #waiting = 0

  constructor(session: WebSocketSession) {
    super()
    this.subscriber = session
    void session.closed.then(() => this.ended())
  }

  get open(): boolean {
    return !this.subscriber.outgoing.isClosedForSend
  }

  /** What its socket buffers does not wait here. Besides that, a session may be told to keep no more than one message. */
  get isBehind(): boolean {
    return this.#waiting > 0
  }

  send(message: WsMessage, report: Report): boolean {
    const size = sizeOf(message)
    if (this.#waiting > 0 && this.#waiting + size > MAX_BUFFERED_AMOUNT) {
      this.close(TRY_AGAIN_LATER)
      return false
    }
    // As a frame: it remembers its message, which is then encoded once for all.
    const sent = this.subscriber.send(frameOfMessage(message))
    if (sent === SENT) return true
    this.#waits(size, sent, report)
    // Too much may wait by the option `channels.outgoing`, which closes it, too.
    return this.open
  }

  drained(): Promise<void> {
    return this.subscriber.flush()
  }

  close(reason: CloseReason): void {
    void handled(this.subscriber.close(reason))
  }

  #waits(size: number, sent: Promise<void>, report: Report): void {
    this.#waiting += size
    const settled = (): void => {
      this.#waiting -= size
    }
    sent.then(settled, (thrown) => {
      settled()
      // What still waits when it closes is lost, as it is with sockets.
      if (this.open) report(asError(thrown), this.subscriber)
    })
  }
}
