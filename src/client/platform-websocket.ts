import { CloseReason } from '../protocol/close-reason.ts'
import type { CloseRecord } from '../protocol/close-record.ts'
import { type Clock, systemClock } from '../websocket/clock.ts'
import { asError, OverflowException } from '../websocket/errors.ts'
import { InboundGauge } from '../websocket/inbound-gauge.ts'
import { Inbox, type InboxOwner } from '../websocket/inbox.ts'
import { isPromiseLike } from '../websocket/maybe-promise.ts'
import { SocketEvents } from '../websocket/socket-events.ts'
import { SOCKET_DEFAULTS } from '../websocket/socket-settings.ts'
import type { UpgradeRequest } from '../websocket/upgrade-request.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsConsumer } from '../websocket/ws-handler.ts'
import type { WsLink } from '../websocket/ws-link.ts'
import { WsMessage } from '../websocket/ws-message.ts'
import { WsStatus } from '../websocket/ws-status.ts'
import { checkPageCode, pageReason } from './close-codes.ts'

export interface PlatformOptions {
  readonly upgradeRequest: UpgradeRequest
  readonly clock?: Clock | undefined
  /** Hears of faults that no `onError` listener took. Default: `console.error`. */
  readonly onError?: ((error: Error, socket: Websocket) => void) | undefined
}

/** How often a platform that does not tell is asked whether it has sent, in milliseconds. */
const POLL = 20

/**
 * A socket over the platform's own `WebSocket`, open already: whole messages and a close. It cannot pause, ping or see
 * frames; more unhandled messages than the inbound mark close it, with 4013.
 */
export class PlatformWebsocket implements Websocket, InboxOwner {
  readonly upgradeRequest: UpgradeRequest
  readonly gauge: InboundGauge = new InboundGauge(SOCKET_DEFAULTS.inboundMark)
  settled = false
  readonly #platform: WebSocket
  readonly #clock: Clock
  readonly #events: SocketEvents
  readonly #inbox: Inbox<WsMessage> = new Inbox(this, (message) => message.byteLength)
  #local: CloseReason | undefined
  #record: CloseRecord | undefined
  #cause: Error | undefined

  constructor(platform: WebSocket, options: PlatformOptions) {
    this.upgradeRequest = options.upgradeRequest
    this.#platform = platform
    this.#clock = options.clock ?? systemClock
    this.#events = new SocketEvents(this, options.onError ?? logged)
    platform.binaryType = 'arraybuffer'
    platform.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      this.#inbox.deliver(
        typeof data === 'string' ? WsMessage.text(data) : WsMessage.received(new Uint8Array(data)),
      )
    }
    platform.onclose = ({ code, reason, wasClean }) => {
      this.#end(CloseReason.truncated(code, reason), wasClean)
    }
  }

  get protocol(): string {
    return this.#platform.protocol
  }

  get state(): 'open' | 'closing' | 'closed' {
    if (this.#record !== undefined) return 'closed'
    return this.#local === undefined && this.#platform.readyState === 1 ? 'open' : 'closing'
  }

  get bufferedAmount(): number {
    return this.#platform.bufferedAmount
  }

  get link(): WsLink {
    return { extensions: [], closeRecord: this.#record }
  }

  send(message: WsMessage | string | Uint8Array): boolean {
    if (this.state !== 'open') return false
    const { highWaterMark, maxBufferedAmount } = SOCKET_DEFAULTS
    const waiting = this.bufferedAmount
    if (waiting > maxBufferedAmount) {
      this.#fail(
        CloseReason.TRY_AGAIN_LATER,
        `the peer reads too slowly: ${waiting} bytes wait, the limit is ${maxBufferedAmount}`,
      )
      return false
    }
    this.#platform.send(contentOf(message))
    return this.bufferedAmount <= highWaterMark
  }

  drained(): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        const waits =
          this.#record === undefined && this.bufferedAmount > SOCKET_DEFAULTS.highWaterMark
        if (waits) this.#clock.after(POLL, look)
        else resolve()
      }
      look()
    })
  }

  /** Only 1000 and 3000 to 4999 can be sent from here; throws a `RangeError` for any other code. */
  close(status: WsStatus = WsStatus.NORMAL): void {
    checkPageCode(status)
    this.#close(status)
  }

  /** The platform cannot drop a connection: this ends it here, and closes it. */
  terminate(): void {
    this.#platform.close()
    this.#end(WsStatus.ABNORMAL_CLOSE, false)
  }

  onMessage(fn: (message: WsMessage) => unknown): () => void {
    return this.#inbox.listen(fn)
  }

  onError(fn: (error: Error) => unknown): () => void {
    return this.#events.onError(fn)
  }

  onClose(fn: (status: WsStatus) => unknown): () => void {
    return this.#events.onClose(fn)
  }

  /** Hands the socket to its consumer. What it throws or rejects with is the socket's fault. */
  open(consumer: WsConsumer): void {
    const settle = (): void => {
      this.settled = true
      this.#inbox.settle()
    }
    const failed = (thrown: unknown): void => this.fault(asError(thrown))
    try {
      const result = consumer(this)
      if (isPromiseLike(result)) result.then(undefined, failed).then(settle)
      else settle()
    } catch (thrown) {
      failed(thrown)
      settle()
    }
  }

  regulate(): void {
    if (this.gauge.over) {
      this.#fail(CloseReason.TRY_AGAIN_LATER, 'more messages came than were handled')
    }
  }

  fault(error: Error): void {
    if (!this.#events.fault(error)) this.#close(pageReason(CloseReason.INTERNAL_ERROR))
  }

  dropped(items: number): void {
    this.#events.report(
      new OverflowException(`${items} messages were dropped: no listener was set for them`),
    )
  }

  #fail(reason: CloseReason, message: string): void {
    this.#cause ??= new OverflowException(message)
    this.#close(pageReason(reason))
  }

  #close(reason: CloseReason): void {
    if (this.#local !== undefined || this.#record !== undefined) return
    this.#local = reason
    this.#platform.close(reason.code, reason.message)
  }

  #end(reason: CloseReason, clean: boolean): void {
    if (this.#record !== undefined) return
    const local = this.#local
    this.#record = {
      reason: local !== undefined && clean ? local : reason,
      local,
      remote: clean ? reason : undefined,
      initiator: local !== undefined ? 'local' : clean ? 'remote' : 'transport',
      clean,
      cause: this.#cause,
    }
    this.#events.ended(this.#record)
  }
}

function contentOf(message: WsMessage | string | Uint8Array): string | Uint8Array<ArrayBuffer> {
  if (message instanceof WsMessage) {
    return message.mode === 'text' ? message.text() : message.bytes()
  }
  // The platform takes no view of shared memory, which the type of `message` does not rule out.
  return message as string | Uint8Array<ArrayBuffer>
}

function logged(error: Error): void {
  console.error('antiphon: a listener failed', error)
}
