import { portablePorts } from '../../protocol/bytes/ports.ts'
import { ROLES } from '../../protocol/connection/connection-options.ts'
import { oneOf } from '../../protocol/errors/one-of.ts'
import { CLIENT_LIMITS, SERVER_LIMITS } from '../../protocol/frame/limits.ts'
import { requestOf } from '../../websocket/request/upgrade-request.ts'
import { ProtocolWebsocket } from '../../websocket/socket/protocol-websocket.ts'
import {
  connectionLimits,
  type SocketOptions,
  socketSettings,
} from '../../websocket/socket/socket-options.ts'
import { checkNames, type OptionNames } from '../../websocket/support/option-names.ts'
import { boundsOf, CHANNELS } from '../channel/channel-bounds.ts'
import { RawWebSocket } from '../raw-websocket.ts'
import type { RawWebSocketSession } from '../session.ts'
import type { SessionOptions } from '../session-options.ts'
import type { ByteStreams } from './byte-streams.ts'
import { WebStreamTransport } from './web-stream-transport.ts'

/** The options of a raw session over streams. */
export interface RawStreamOptions
  extends Pick<SessionOptions, 'channels'>,
    Pick<
      SocketOptions,
      'maxFrameSize' | 'maxBufferedAmount' | 'highWaterMark' | 'closeTimeout' | 'clock' | 'onError'
    > {
  /** Whose end of the connection it is: a client masks what it sends, and takes nothing masked. */
  readonly role: 'server' | 'client'
}

const RAW_STREAM_OPTIONS: OptionNames<RawStreamOptions> = {
  role: 0,
  channels: CHANNELS,
  maxFrameSize: 0,
  maxBufferedAmount: 0,
  highWaterMark: 0,
  closeTimeout: 0,
  clock: 0,
  onError: 0,
}

/**
 * A raw session over streams of bytes, after an opening handshake: a TCP connection, a child process, an HTTP/2 stream.
 * Throws a `RangeError` for an invalid option, and a `TypeError` for an unknown one.
 */
export function rawWebSocketOver(
  streams: ByteStreams,
  options: RawStreamOptions,
): RawWebSocketSession {
  checkNames('rawWebSocketOver()', options, RAW_STREAM_OPTIONS)
  const role = oneOf('role', options.role, ROLES)
  const limits = connectionLimits(options, role === 'server' ? SERVER_LIMITS : CLIENT_LIMITS)
  const settings = socketSettings(options)
  boundsOf(options.channels)
  // Last, since it locks the streams: they stay free if an option is refused.
  const transport = new WebStreamTransport(streams)
  const socket = new ProtocolWebsocket(transport, {
    role,
    mode: 'frames',
    limits,
    ports: portablePorts,
    settings,
    upgradeRequest: requestOf(new Request('http://localhost/')),
    protocol: '',
  })
  const session = new RawWebSocket(socket, options)
  transport.start(socket.handler)
  return session
}
