import { encodeBase64 } from '../protocol/bytes/base64.ts'
import type { CloseRecord } from '../protocol/close/close-record.ts'
import { type Clock, systemClock } from '../websocket/support/clock.ts'
import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsFilter } from '../websocket/ws-handler.ts'
import { harmless } from './harmless.ts'
import { observing } from './observe.ts'
import { bytesOf, type DataPassing, isFinal, modeOf, textOf } from './passing.ts'
import { SECRETS_OPTIONS, Secrets, type SecretsOptions } from './secrets.ts'
import type { Direction, MessageEntry, TrafficEntry } from './traffic-entry.ts'

/** Options of `record`. */
export interface RecordOptions extends SecretsOptions {
  /** What time is measured by. Default: the clock of the system. */
  readonly clock?: Clock | undefined
}

const RECORD_OPTIONS: OptionNames<RecordOptions> = { ...SECRETS_OPTIONS, clock: 0 }

/**
 * Records what happens on each socket, in order: its opening, every message both ways, faults, and the close, whichever
 * side closed. Secrets in the request are hidden, messages are recorded whole. `recordFile` of the Node entry is a
 * sink.
 */
export function record(
  sink: (entry: TrafficEntry) => unknown,
  options: RecordOptions = {},
): WsFilter {
  checkNames('record()', options, RECORD_OPTIONS)
  const { clock = systemClock } = options
  const secrets = new Secrets(options)
  const write = harmless('the sink of record', sink)
  let connections = 0

  return observing((socket) => {
    const connection = ++connections
    const opened = clock.now()
    const when = (): Pick<TrafficEntry, 'connection' | 'at'> => ({
      connection,
      at: clock.now() - opened,
    })
    const { method, url, headers } = socket.upgradeRequest
    write({
      ...when(),
      kind: 'open',
      method,
      url: secrets.url(url),
      headers: secrets.headers(headers),
      protocol: socket.protocol,
    })
    return {
      received: (item) => write({ ...when(), ...contentOf(item, 'in') }),
      sent: (item) => write({ ...when(), ...contentOf(item, 'out') }),
      failed: ({ name, message }) => write({ ...when(), kind: 'error', name, message }),
      closed: ({ code, message }) =>
        write({ ...when(), kind: 'close', ...initiatorOf(socket), code, reason: message }),
    }
  })
}

function contentOf(
  item: DataPassing,
  direction: Direction,
): Omit<MessageEntry, 'connection' | 'at'> {
  const text = textOf(item)
  return {
    kind: 'message',
    direction,
    mode: modeOf(item),
    ...(text === undefined ? { base64: encodeBase64(bytesOf(item)) } : { text }),
    ...(!isFinal(item) && { fin: false }),
  }
}

const DIRECTIONS: Readonly<
  Record<CloseRecord['initiator'], { readonly direction?: Direction | undefined }>
> = {
  local: { direction: 'out' },
  remote: { direction: 'in' },
  transport: {},
}

function initiatorOf(socket: Websocket): { readonly direction?: Direction | undefined } {
  const closed = socket.link.closeRecord
  return closed === undefined ? {} : DIRECTIONS[closed.initiator]
}
