import type { CloseRecord } from '../protocol/close-record.ts'
import { CloseReason, LOST, NORMAL } from '../protocol/reason.ts'
import {
  ConnectionLostException,
  type ConnectStage,
  FrameTooBigException,
  NotSupportedException,
  OverflowException,
  WebSocketConnectException,
} from '../websocket/errors.ts'
import { NEVER_CONNECTED } from '../websocket/never-connected.ts'
import { HIGH_WATER_MARK, MAX_BUFFERED_AMOUNT } from '../websocket/socket-settings.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsConsumer } from '../websocket/ws-handler.ts'
import type { CapableLink } from '../websocket/ws-link.ts'
import { WsMessage } from '../websocket/ws-message.ts'
import type { WsStatus } from '../websocket/ws-status.ts'
import { attempt } from './attempt.ts'
import { sendable } from './close-codes.ts'
import { type ConnectOptions, settingsOf } from './connect-options.ts'
import { listen, listeners } from './listeners.ts'
import { mailbox } from './mailbox.ts'
import { platformRequest } from './platform-request.ts'

/** How often the platform, which does not tell, is asked whether it has sent, in milliseconds. */
const POLL = 5

/** What a page's socket can do; it is no `Capable` of anything else. */
type PageLink = CapableLink<'flush' | 'records'>

const engine: PageLink['engine'] = {
  name: 'the platform',
  lacks: [
    'frames',
    'pause',
    'ping',
    'pings',
    'sendFrame',
    'onControl',
    'limits',
    'frameLimits',
    'statuses',
    'terminate',
  ],
}

/** A socket over the platform's own `WebSocket`. */
export interface PlatformSocket extends Websocket {
  readonly link: PageLink
  /** As of every socket, but only 1000 and 3000 to 4999 can be sent: throws a `RangeError` for any other code. */
  close(status?: WsStatus): void
  /** Ends it on this side at once, with 1006. No platform can drop a connection: to the peer it is an empty close, 1005. */
  terminate(): void
}

/**
 * A socket over the platform's own `WebSocket`, which begins to connect: whole messages and a close. It cannot pause,
 * ping or see frames; more unhandled messages than the inbound mark close it, with 4013. After its own `close` it hears
 * no messages.
 *
 * `outgoing` says what `close` sends for a status, or throws. Made of closures, and of nothing that only servers need:
 * a page loads every byte, and has a socket or two.
 */
export function platformWebsocket(
  url: string | URL,
  options: ConnectOptions,
  consumer: WsConsumer<PlatformSocket>,
  outgoing: (status: WsStatus) => WsStatus = sendable,
): PlatformSocket {
  const { clock, timeout, maxMessageSize, closeTimeout, onError } = settingsOf(options)
  const { protocols = [], signal } = options
  const platform = connecting(url, protocols)
  // Credentials are for nobody's eyes, and a `Request` cannot have them.
  const address = platform.url.replace(/\/\/[^/]*@/, '//')
  const errors = listeners<Error>()
  const closes = listeners<WsStatus>()
  /** What was sent before it opened. */
  let held: WsMessage[] = []
  let opened = false
  let local: CloseReason | undefined
  let cause: Error | undefined
  let record: CloseRecord | undefined

  // What listeners hear

  const report = (error: Error): void =>
    attempt(
      () => onError(error, socket),
      (thrown) => console.error(thrown),
    )
  const tell = <T>(all: readonly ((value: T) => unknown)[], value: T): void => {
    for (const listener of all) attempt(() => listener(value), report)
  }
  const tellEnd = (): void => {
    const { all } = closes
    closes.all = []
    tell(all, record!.reason)
  }
  const fault = (error: Error): void => {
    if (errors.all.length > 0) {
      tell(errors.all, error)
    } else {
      report(error)
      close(new CloseReason(4011, 'Internal error'))
    }
  }
  const overflow = (why: string): void =>
    fail(new CloseReason(4013, 'Try again later'), new OverflowException(why))
  const { deliver, onMessage, settle } = mailbox({
    fault,
    overflow: () => overflow('more messages came than were handled'),
    dropped(messages) {
      const why = `${messages} messages were dropped: no listener was set for them`
      report(new OverflowException(why))
    },
  })

  // How it ends

  const close = (reason: CloseReason): void => {
    if (local !== undefined || record !== undefined) return
    local = reason
    // What is held was accepted: it is sent before.
    if (opened) closePlatform(reason)
    else if (held.length === 0) giveUp()
  }
  const closePlatform = ({ code, message }: CloseReason): void => {
    cancelTimer = clock.after(closeTimeout, () =>
      lose(`the peer did not close within ${closeTimeout} ms`),
    )
    platform.close(code, message)
  }
  const fail = (reason: CloseReason, error: Error): void => {
    if (local === undefined) cause = error
    close(reason)
  }
  const lose = (why: string): void => end(LOST, false, new ConnectionLostException(why))
  const refuse = (stage: ConnectStage, why: string, reason?: unknown): void => {
    const message = `cannot connect to ${address}: ${why}`
    end(NEVER_CONNECTED, false, new WebSocketConnectException(stage, message, { cause: reason }))
  }
  const giveUp = (): void => refuse('aborted', 'it was closed before it opened')
  const abort = (): void => {
    if (opened) socket.terminate()
    else refuse('aborted', 'opening was aborted', signal!.reason)
  }
  const end = (
    reason: CloseReason,
    clean: boolean,
    failure: Error = new ConnectionLostException('the connection was lost'),
  ): void => {
    if (record !== undefined) return
    record = {
      reason: local !== undefined && clean ? local : reason,
      local: opened ? local : undefined,
      remote: clean ? reason : undefined,
      initiator: local !== undefined ? 'local' : clean ? 'remote' : 'transport',
      clean,
      cause: cause ?? (clean ? undefined : failure),
    }
    cancelTimer()
    signal?.removeEventListener('abort', abort)
    platform.close()
    // Who gave it up knows why it did not open; a connection that went away is told by its status alone.
    if (!opened && (local === undefined || held.length > 0)) fault(failure)
    else if (cause !== undefined) tell(errors.all, cause)
    held = []
    tellEnd()
  }
  /** Resolves when at most `below` bytes wait, and when nothing can be sent any more. */
  const until = async (below: number): Promise<void> => {
    while (record === undefined && (held.length > 0 || platform.bufferedAmount > below)) {
      await new Promise<void>((resolve) => clock.after(POLL, resolve))
    }
  }

  const socket: PlatformSocket = {
    upgradeRequest: platformRequest(address.replace('ws', 'http')),
    link: {
      engine,
      extensions: [],
      flush: () => until(0),
      get closeRecord() {
        return record
      },
    },
    get protocol() {
      return platform.protocol
    },
    get state() {
      if (record !== undefined) return 'closed'
      if (local !== undefined || platform.readyState > 1) return 'closing'
      return opened ? 'open' : 'connecting'
    },
    get bufferedAmount() {
      return held.reduce((sum, { byteLength }) => sum + byteLength, platform.bufferedAmount)
    },
    send(message) {
      const { state } = socket
      if (state === 'connecting') {
        held.push(message instanceof WsMessage ? message : WsMessage.of(message))
        return true
      }
      if (state !== 'open') return false
      const waiting = platform.bufferedAmount
      const size = typeof message === 'string' ? message.length : message.byteLength
      if (waiting > 0 && waiting + size > MAX_BUFFERED_AMOUNT) {
        overflow(`the peer reads too slowly: ${waiting} bytes wait`)
        return false
      }
      platform.send(contentOf(message))
      return platform.bufferedAmount <= HIGH_WATER_MARK
    },
    drained: () => until(HIGH_WATER_MARK),
    close: (status = NORMAL) => close(outgoing(status)),
    terminate() {
      if (opened) {
        lose('the connection was terminated')
      } else {
        local ??= LOST
        held = []
        giveUp()
      }
    },
    onMessage,
    onError: (fn) => listen(errors, fn),
    onClose(fn) {
      if (record !== undefined) queueMicrotask(tellEnd)
      return listen(closes, fn)
    },
  }

  let cancelTimer = clock.after(timeout, () => refuse('timeout', `no answer within ${timeout} ms`))
  platform.binaryType = 'arraybuffer'
  platform.onopen = () => {
    const owed = local
    cancelTimer()
    opened = true
    attempt(() => consumer(socket), fault, settle)
    for (const message of held) platform.send(contentOf(message))
    held = []
    if (owed !== undefined && record === undefined) closePlatform(owed)
  }
  platform.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
    if (local !== undefined || record !== undefined) return
    const message = WsMessage.received(typeof data === 'string' ? data : new Uint8Array(data))
    const { byteLength } = message
    if (byteLength > maxMessageSize) {
      const reason = new CloseReason(4009, `A message may have ${maxMessageSize} bytes`)
      fail(reason, new FrameTooBigException(reason, byteLength))
    } else {
      deliver(message)
    }
  }
  platform.onerror = () => {
    if (!opened) refuse('unknown', 'the platform does not tell why')
  }
  platform.onclose = ({ code, reason, wasClean }) => {
    // Not every platform tells of an error first.
    if (!opened) refuse('unknown', `closed with ${code} before it opened`)
    // When it is not clean, not every platform says 1006.
    else end(wasClean ? new CloseReason(code, reason) : LOST, wasClean)
  }
  if (signal?.aborted === true) queueMicrotask(abort)
  else signal?.addEventListener('abort', abort)
  return socket
}

function connecting(url: string | URL, protocols: string | readonly string[]): WebSocket {
  if (typeof WebSocket === 'function') {
    return new WebSocket(url, typeof protocols === 'string' ? protocols : [...protocols])
  }
  throw new NotSupportedException(
    'this platform has no WebSocket: on Node before 22, connect with antiphon/node',
  )
}

function contentOf(message: WsMessage | string | Uint8Array): string | Uint8Array<ArrayBuffer> {
  if (message instanceof WsMessage) {
    return message.mode === 'text' ? message.text() : message.bytes()
  }
  // No platform takes a view of shared memory, which the type of `message` does not rule out.
  return message as string | Uint8Array<ArrayBuffer>
}
