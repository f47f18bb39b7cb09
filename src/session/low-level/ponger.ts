import { Frame, type PingFrame } from '../../protocol/frame/frame.ts'
import type { SendChannel } from '../channel/channel.ts'
import type { WebSocketSession } from '../session.ts'

/**
 * Answers each Ping that is sent to the channel with a Pong of its payload (RFC 6455, section 5.5.3). For raw sessions:
 * others do it by themselves.
 */
export function ponger(session: WebSocketSession): SendChannel<PingFrame> {
  const { outgoing } = session
  return {
    send: (ping) => outgoing.send(new Frame.Pong(ping.data)),
    trySend: (ping) => outgoing.trySend(new Frame.Pong(ping.data)),
    get isClosedForSend() {
      return outgoing.isClosedForSend
    },
  }
}
