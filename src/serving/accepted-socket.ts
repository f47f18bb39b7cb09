import type { ProtocolPorts } from '../protocol/bytes/ports.ts'
import { ProtocolWebsocket } from '../websocket/socket/protocol-websocket.ts'
import type { SocketSettings } from '../websocket/socket/socket-settings.ts'
import type { StoppableWebsocket } from '../websocket/socket/stoppable-websocket.ts'
import type { Transport } from '../websocket/socket/transport.ts'
import type { AcceptedUpgrade } from './upgrade.ts'

/** What a server gives to each of its sockets. */
interface ServerPart {
  readonly ports: ProtocolPorts
  readonly settings: SocketSettings
  /** Called once, when the transport is gone. */
  onGone(socket: StoppableWebsocket): void
}

/** The server's socket for an upgrade that was accepted, over the bytes that follow its handshake. */
export function acceptedSocket(
  accepted: AcceptedUpgrade,
  transport: Transport,
  { ports, settings, onGone }: ServerPart,
): ProtocolWebsocket {
  return new ProtocolWebsocket(transport, {
    role: 'server',
    mode: accepted.mode,
    limits: accepted.limits,
    extensions: accepted.extensions,
    reserved: accepted.reserved,
    ports,
    settings,
    maxBufferedAmount: accepted.maxBufferedAmount,
    slowConsumer: accepted.slowConsumer,
    upgradeRequest: accepted.request,
    protocol: accepted.protocol,
    onGone,
  })
}
