import { wellFormed } from '../protocol/bytes/well-formed.ts'
import type { CloseRecord } from '../protocol/close/close-record.ts'
import { CloseReason, LOST, NORMAL } from '../protocol/close/reason.ts'
import {
  ConnectionLostException,
  type ConnectStage,
  FrameTooBigException,
  OverflowException,
  WebSocketConnectException,
} from '../websocket/errors.ts'
import { NEVER_CONNECTED } from '../websocket/never-connected.ts'
import { sendable } from '../websocket/page-codes.ts'
import {
  CLOSE_TIMEOUT,
  HIGH_WATER_MARK,
  MAX_BUFFERED_AMOUNT,
} from '../websocket/socket/socket-settings.ts'
import { lastingClock } from '../websocket/support/lasting-clock.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsConsumer } from '../websocket/ws-handler.ts'
import type { CapableLink } from '../websocket/ws-link.ts'
import { WsMessage } from '../websocket/ws-message.ts'
import type { WsStatus } from '../websocket/ws-status.ts'
import { type ConnectOptions, checkOptions } from './connect-options.ts'
import { deferred } from './deferred.ts'
import { guard } from './guard.ts'
import { type Listeners, listen, tell } from './listeners.ts'
import { mailbox } from './mailbox.ts'
import { platformRequest } from './platform-request.ts'

/** Milliseconds between looks at whether the platform has sent, which it does not report. */
const POLL = 5

/** All that a page's socket can do. */
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
  /** As for every socket, but only 1000 and 3000 to 4999 can be sent: throws a `RangeError` for any other code. */
  close(status?: WsStatus): void
  /** Ends it on this side at once, with 1006. No platform can drop a connection: to the peer it is an empty close, 1005. */
  terminate(): void
}

/**
 * A socket over the platform's own `WebSocket`, which begins to connect: whole messages and a close. It cannot pause,
 * ping or see frames; more unhandled messages than the inbound mark close it, with 4013. After its own `close` it hears
 * no messages.
 *
 * `refused` is called when connecting fails; without it, the failure is a fault. `reasonOf` turns the reason for a close
 * into one that can be sent, or throws. Written with closures, and without anything that only servers need: a page loads
 * every byte, and has a socket or two.
 */
export function platformWebsocket(
  url: string | URL,
  options: ConnectOptions,
  consumer: WsConsumer<PlatformSocket>,
  refused?: (error: Error) => void,
  reasonOf: (reason: CloseReason) => CloseReason = sendable,
): PlatformSocket {
  checkOptions(options)
  const {
    protocols,
    signal,
    timeout = 15_000,
    maxMessageSize = 2 ** 26,
    closeTimeout = CLOSE_TIMEOUT,
    clock = lastingClock,
    onError = (error) => console.error(error),
    ...others
  } = options
  for (const name in others) throw new TypeError(`the platform has no option ${name}`)
  const platform = new WebSocket(String(url), protocols as string[] | undefined)
  // Without credentials: they are secret, and a `Request` cannot have them.
  const address = platform.url.replace(/\/\/[^/]*@/, '//')
  const errors: Listeners<Error> = new Set()
  /** What was sent before it opened. */
  let held: (string | Uint8Array<ArrayBuffer>)[] = []
  let heldBytes = 0
  let opened = false
  let local: CloseReason | undefined
  let cause: Error | undefined
  let record: CloseRecord | undefined
  let cancelTimer: () => void
  const { promise: ended, resolve: tellEnd } = deferred<WsStatus>()

  // What listeners hear

  const report = (error: Error): void => guard(() => onError(error, socket), console.error)
  const fault = (error: Error): void => {
    if (errors.size > 0) {
      tell(errors, error, report)
    } else {
      report(error)
      close(new CloseReason(4011, 'Internal error'))
    }
  }
  const overflow = (why: string): void =>
    close(new CloseReason(4013, 'Try again later'), new OverflowException(why))
  const { deliver, onMessage, settle } = mailbox(fault, overflow, report)

  // How it ends

  const close = (reason: CloseReason, why?: Error): void => {
    if (local ?? record) return
    local = reason
    cause = why
    // Held messages were accepted: they are sent first.
    if (opened) closePlatform(reason)
    else if (why ?? !held.length) abandon()
  }
  const closePlatform = ({ code, message }: CloseReason): void => {
    limit(closeTimeout)
    platform.close(code, message)
  }
  /** The connection is lost, or never opened. */
  const lose = (why: string, stage: ConnectStage = 'unknown'): void => {
    const message = `${opened ? 'lost the connection' : 'cannot connect'} to ${address}: ${why}`
    const options = { cause: signal?.reason }
    if (opened) end(LOST, new ConnectionLostException(message, options))
    else end(NEVER_CONNECTED, new WebSocketConnectException(stage, message, options))
  }
  const abandon = (): void => lose('it was given up', 'aborted')
  /** Limits the time, in milliseconds, for what the peer has to do next. */
  const limit = (time: number): void => {
    cancelTimer = clock.after(time, () => lose(`no answer within ${time} ms`, 'timeout'))
  }
  const end = (reason: CloseReason, failure?: Error): void => {
    if (record) return
    const clean = !failure
    record = {
      reason: (clean && local) || reason,
      local: opened ? local : undefined,
      remote: clean ? reason : undefined,
      initiator: local ? 'local' : clean ? 'remote' : 'transport',
      clean,
      cause: cause ?? failure,
    }
    cancelTimer()
    signal?.removeEventListener('abort', abandon)
    platform.close()
    if (opened) {
      if (cause) tell(errors, cause, report)
    } else if (refused) {
      refused(cause ?? failure!)
    } else if (!local || held.length > 0) {
      // If the user gave it up, that is no fault.
      fault(cause ?? failure!)
    }
    held = []
    tellEnd(record.reason)
  }
  /** Resolves when at most `below` bytes wait, and when nothing can be sent any more. */
  const until = async (below: number): Promise<void> => {
    while (!record && (held.length > 0 || platform.bufferedAmount > below)) {
      await new Promise<void>((resolve) => clock.after(POLL, resolve))
    }
  }

  const socket: PlatformSocket = {
    upgradeRequest: platformRequest(address.replace('ws', 'http'), {}),
    link: {
      engine,
      extensions: [],
      flush: () => until(0),
      get closeRecord() {
        return record
      },
    },
    get protocol() {
      return platform.protocol ?? ''
    },
    get state() {
      if (record) return 'closed'
      if (local || platform.readyState > 1) return 'closing'
      return opened ? 'open' : 'connecting'
    },
    get bufferedAmount() {
      return (platform.bufferedAmount ?? 0) + (held.length && heldBytes)
    },
    send(content) {
      const message = content instanceof WsMessage ? content : WsMessage.of(content)
      if (record ?? local ?? platform.readyState > 1) return false
      // Also before it is held, since bytes that are to be text may not be UTF-8. Other platforms make text well-formed by
      // themselves; Workers would send invalid UTF-8.
      const data = message.mode === 'text' ? wellFormed(message.text()) : message.bytes()
      if (socket.bufferedAmount > MAX_BUFFERED_AMOUNT) {
        overflow('the peer is too slow')
      } else if (opened) {
        platform.send(data)
      } else {
        held.push(data)
        heldBytes += message.byteLength
      }
      return !record && socket.bufferedAmount <= HIGH_WATER_MARK
    },
    drained: () => until(HIGH_WATER_MARK),
    close(status = NORMAL) {
      if (!(local ?? record)) close(reasonOf(status))
    },
    terminate() {
      if (!opened) {
        local ??= LOST
        held = []
      }
      abandon()
    },
    onMessage,
    onError: (fn) => listen(errors, fn),
    onClose(fn) {
      const closes: Listeners<WsStatus> = new Set()
      void ended.then((status) => tell(closes, status, report))
      return listen(closes, fn)
    },
  }

  limit(timeout)
  platform.binaryType = 'arraybuffer'
  platform.onopen = () => {
    // On Android, React Native ignores a close while it connects.
    if (record) return platform.close()
    const owed = local
    cancelTimer()
    opened = true
    guard(() => consumer(socket), fault, settle)
    for (const data of held) platform.send(data)
    held = []
    if (owed) closePlatform(owed)
  }
  platform.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
    if (local ?? record) return
    const message = WsMessage.received(typeof data === 'string' ? data : new Uint8Array(data))
    const { byteLength } = message
    if (byteLength > maxMessageSize) {
      const reason = new CloseReason(4009, `A message may have ${maxMessageSize} bytes`)
      close(reason, new FrameTooBigException(reason, byteLength))
    } else {
      deliver(message)
    }
  }
  // Node 22 emits an error only, and so do Workers if a connection is lost; others emit a close.
  platform.onerror = () => {
    if (!opened || platform.readyState > 2) lose('the platform does not tell why')
  }
  platform.onclose = ({ code, reason, wasClean }) => {
    // If it is not clean, not every platform says 1006. React Native, which counts nothing that waits, says of no close that
    // it is clean: there an error comes before one that is not. Workers may count nothing either, but say 1006.
    if (opened && code !== 1006 && (wasClean || platform.bufferedAmount === undefined)) {
      end(new CloseReason(code, reason))
    } else {
      lose(`closed with ${code}`)
    }
  }
  if (signal?.aborted) queueMicrotask(abandon)
  else signal?.addEventListener('abort', abandon)
  return socket
}
