import { DefaultWebSocketSessionImpl } from '../../src/session/default-session.ts'
import { websocketOver } from '../../src/session/low-level/websocket-over.ts'
import { RawWebSocket } from '../../src/session/raw-websocket.ts'
import { run, start } from '../../src/session/run.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import type { Clock } from '../../src/websocket/support/clock.ts'
import type { WsConsumer } from '../../src/websocket/ws-handler.ts'
import type { SessionEnd } from './session-end.ts'
import type { Side } from './session-schedule.ts'

interface ConsumerOptions extends Side {
  readonly clock: Clock
  readonly onError: (error: Error) => void
}

/** Makes a session of its socket, as the options say, and hands it to `end`. */
export function sessionConsumer(
  end: SessionEnd,
  { kind, channels, controlFrames, sockets, clock, onError }: ConsumerOptions,
): WsConsumer<FrameSocket> {
  return (socket) => {
    if (kind === 'raw') {
      return start(new RawWebSocket(socket, { channels, clock }), (raw) => end.open(raw))
    }
    const whole =
      kind === 'default'
        ? socket
        : websocketOver(new RawWebSocket(socket, { clock }), { ...sockets, clock, onError })
    const session = new DefaultWebSocketSessionImpl(whole, { channels, controlFrames, clock })
    return run(session, (own) => end.open(own))
  }
}

export function modeOf({ kind }: Side): 'messages' | 'frames' {
  return kind === 'default' ? 'messages' : 'frames'
}
