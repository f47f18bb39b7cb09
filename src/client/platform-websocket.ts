import { CloseReason } from '../protocol/close-reason.ts'
import type { CloseRecord } from '../protocol/close-record.ts'
import {
  asError,
  ConnectionLostException,
  FrameTooBigException,
  OverflowException,
} from '../websocket/errors.ts'
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
import { pageCodeProblem, pageReason } from './close-codes.ts'
import type { Settings } from './connect-options.ts'

/** How often the platform, which does not tell, is asked whether it has sent, in milliseconds. */
const POLL = 5

/**
 * A socket over the platform's own `WebSocket`, open already: whole messages and a close. It cannot pause, ping or see
 * frames; more unhandled messages than the inbound mark close it, with 4013. After its own `close` it hears no messages.
 */
export class PlatformWebsocket implements Websocket, InboxOwner {
  readonly upgradeRequest: UpgradeRequest
  readonly gauge: InboundGauge = new InboundGauge(SOCKET_DEFAULTS.inboundMark)
  settled = false
  readonly link: WsLink
  readonly #platform: WebSocket
  readonly #settings: Settings
  readonly #events: SocketEvents
  readonly #inbox: Inbox<WsMessage> = new Inbox(this, (message) => message.byteLength)
  #local: CloseReason | undefined
  #record: CloseRecord | undefined
  #cause: Error | undefined
  #cancelCloseTimer: (() => void) | undefined

  constructor(platform: WebSocket, request: UpgradeRequest, settings: Settings) {
    this.upgradeRequest = request
    this.link = this.#makeLink()
    this.#platform = platform
    this.#settings = settings
    this.#events = new SocketEvents(this, settings.onError)
    platform.binaryType = 'arraybuffer'
    platform.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => this.#receive(data)
    platform.onclose = ({ code, reason, wasClean }) => {
      const told = code === 1006 ? WsStatus.ABNORMAL_CLOSE : CloseReason.truncated(code, reason)
      this.#end(told, wasClean, 'the connection was lost')
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

  send(message: WsMessage | string | Uint8Array): boolean {
    if (this.state !== 'open') return false
    const { highWaterMark, maxBufferedAmount } = SOCKET_DEFAULTS
    const waiting = this.bufferedAmount
    const size = typeof message === 'string' ? message.length : message.byteLength
    if (waiting > 0 && waiting + size > maxBufferedAmount) {
      const error = `the peer reads too slowly: ${waiting} bytes wait, the limit is ${maxBufferedAmount}`
      this.#fail(CloseReason.TRY_AGAIN_LATER, new OverflowException(error))
      return false
    }
    this.#platform.send(contentOf(message))
    return this.bufferedAmount <= highWaterMark
  }

  drained(): Promise<void> {
    return this.#until(SOCKET_DEFAULTS.highWaterMark)
  }

  /** Only 1000 and 3000 to 4999 can be sent from here; throws a `RangeError` for any other code. */
  close(status: WsStatus = WsStatus.NORMAL): void {
    const problem = pageCodeProblem(status.code)
    if (problem !== undefined) throw new RangeError(problem)
    this.#close(status)
  }

  /** The platform cannot drop a connection: it ends for this side now, and the peer sees an empty close, 1005. */
  terminate(): void {
    this.#end(WsStatus.ABNORMAL_CLOSE, false, 'the connection was terminated')
    this.#platform.close()
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
      const error = new OverflowException('more messages came than were handled')
      this.#fail(CloseReason.TRY_AGAIN_LATER, error)
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

  #makeLink(): WsLink {
    const recordNow = (): CloseRecord | undefined => this.#record
    return {
      extensions: [],
      flush: () => this.#until(0),
      get closeRecord() {
        return recordNow()
      },
    }
  }

  #receive(data: string | ArrayBuffer): void {
    const text = typeof data === 'string'
    const message = text ? WsMessage.text(data) : WsMessage.received(new Uint8Array(data))
    const { maxMessageSize } = this.#settings
    // A unit of text takes at most three bytes: short ones need not be measured.
    const most = text ? data.length * 3 : message.byteLength
    if (most > maxMessageSize && message.byteLength > maxMessageSize) {
      const reason = new CloseReason(1009, `A message may have ${maxMessageSize} bytes`)
      this.#fail(reason, new FrameTooBigException(pageReason(reason), message.byteLength))
    } else {
      this.#inbox.deliver(message)
    }
  }

  /** Resolves when at most `below` bytes wait, and when nothing can be sent any more. */
  #until(below: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.#record !== undefined || this.bufferedAmount <= below) resolve()
        else this.#settings.clock.after(POLL, look)
      }
      look()
    })
  }

  #fail(reason: CloseReason, error: Error): void {
    if (this.state === 'open') this.#cause = error
    this.#close(pageReason(reason))
  }

  #close(reason: CloseReason): void {
    if (this.state !== 'open') return
    this.#local = reason
    const { clock, closeTimeout } = this.#settings
    this.#cancelCloseTimer = clock.after(closeTimeout, () => {
      const error = `the peer did not finish the close handshake within ${closeTimeout} ms`
      this.#end(WsStatus.ABNORMAL_CLOSE, false, error)
    })
    this.#platform.close(reason.code, reason.message)
  }

  #end(reason: CloseReason, clean: boolean, loss: string): void {
    if (this.#record !== undefined) return
    this.#cancelCloseTimer?.()
    this.#platform.onmessage = this.#platform.onclose = null
    const local = this.#local
    this.#record = {
      reason: local !== undefined && clean ? local : reason,
      local,
      remote: clean ? reason : undefined,
      initiator: local !== undefined ? 'local' : clean ? 'remote' : 'transport',
      clean,
      cause: this.#cause ?? (clean ? undefined : new ConnectionLostException(loss)),
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
