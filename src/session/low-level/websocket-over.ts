import { portablePorts } from '../../protocol/bytes/ports.ts'
import { CLIENT_LIMITS, type ConnectionLimits } from '../../protocol/frame/limits.ts'
import { requestOf } from '../../websocket/request/upgrade-request.ts'
import { ProtocolWebsocket } from '../../websocket/socket/protocol-websocket.ts'
import {
  connectionLimits,
  SOCKET_OPTIONS,
  type SocketOptions,
  socketSettings,
} from '../../websocket/socket/socket-options.ts'
import { checkNames } from '../../websocket/support/option-names.ts'
import type { Websocket } from '../../websocket/websocket.ts'
import type { ClientCall, RawWebSocketSession, ServerCall } from '../session.ts'
import { FrameTransport } from './frame-transport.ts'

/** The options of any socket but the extensions, which a raw session does not have. */
export type OverOptions = Omit<SocketOptions, 'extensions'>

/**
 * A socket of whole messages over a raw session, by the same connection machine: fragments joined, Ping and Close
 * answered, its link complete. `new DefaultWebSocketSessionImpl(websocketOver(raw))` is the default session over it.
 * From then on the raw session belongs to the socket: nobody else may send or receive with it. `maxFrameSize` is the raw
 * session's, and so is `maxMessageSize` by default, but at most 64 MiB. Throws a `TypeError` for a session that is not
 * raw and for an unknown option, and a `RangeError` for an invalid one.
 */
export function websocketOver(raw: RawWebSocketSession, options: OverOptions = {}): Websocket {
  if (!('masking' in raw)) {
    throw new TypeError(
      'websocketOver() takes a raw session, this one has whole messages already: webSocketRaw() and rawWebSocketOver() make raw ones',
    )
  }
  const { extensions: _, ...names } = SOCKET_OPTIONS
  checkNames('websocketOver()', options, names)
  const { call } = raw as RawWebSocketSession & { readonly call?: ServerCall | ClientCall }
  const settings = socketSettings(options)
  const limits = limitsOver(raw, options)
  const transport = new FrameTransport(raw)
  const socket = new ProtocolWebsocket(transport, {
    role: 'server',
    // The raw session below has the role, and masks.
    masked: { incoming: false, outgoing: false },
    limits,
    ports: portablePorts,
    settings,
    upgradeRequest: call?.request ?? requestOf(new Request('http://localhost/')),
    protocol: call?.response.headers.get('sec-websocket-protocol') ?? '',
  })
  transport.start(socket.handler)
  return socket
}

/** `maxFrameSize` is that of the raw session, which refuses a frame before its payload is read. */
function limitsOver(raw: RawWebSocketSession, options: OverOptions): ConnectionLimits {
  const { maxFrameSize } = raw
  const maxMessageSize = Math.min(maxFrameSize, CLIENT_LIMITS.maxMessageSize)
  const limits = connectionLimits(options, { ...CLIENT_LIMITS, maxFrameSize, maxMessageSize })
  raw.maxFrameSize = limits.maxFrameSize
  return {
    ...limits,
    get maxFrameSize() {
      return raw.maxFrameSize
    },
    set maxFrameSize(bytes) {
      raw.maxFrameSize = bytes
    },
  }
}
