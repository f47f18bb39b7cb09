import { NotSupportedException } from '../websocket/errors.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'
import { answerHeaders } from '../websocket/request/upgrade-answer.ts'
import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import { type Server, serverKey } from '../websocket/server.ts'
import type { Websocket } from '../websocket/websocket.ts'
import { type DefaultSessionOptions, DefaultWebSocketSessionImpl } from './default-session.ts'
import { RawWebSocket } from './raw-websocket.ts'
import type {
  DefaultWebSocketServerSession,
  RawWebSocketSession,
  ServerCall,
  WebSocketServerSession,
} from './session.ts'
import { withSessionDefaults } from './session-defaults.ts'
import type { SessionOptions } from './session-options.ts'

/** The default session of a server's socket; what the options leave open is as the server's configuration says. */
export function serverSession(
  socket: Websocket,
  options: DefaultSessionOptions = {},
): DefaultWebSocketServerSession {
  return new DefaultServerSession(socket, options)
}

/** As `serverSession`, the raw session of a server's socket. */
export function rawServerSession(
  socket: FrameSocket,
  options: SessionOptions = {},
): RawWebSocketSession & WebSocketServerSession {
  return new RawServerSession(socket, options)
}

class DefaultServerSession
  extends DefaultWebSocketSessionImpl
  implements DefaultWebSocketServerSession
{
  readonly call: ServerCall

  constructor(socket: Websocket, options: DefaultSessionOptions) {
    super(socket, withSessionDefaults(options, socket.upgradeRequest))
    this.call = callOf(socket.upgradeRequest)
  }

  get application(): Server {
    return serverOf(this.call)
  }
}

class RawServerSession extends RawWebSocket implements WebSocketServerSession {
  readonly call: ServerCall

  constructor(socket: FrameSocket, options: SessionOptions) {
    super(socket, withSessionDefaults(options, socket.upgradeRequest))
    this.call = callOf(socket.upgradeRequest)
  }

  get application(): Server {
    return serverOf(this.call)
  }
}

function callOf(request: UpgradeRequest): ServerCall {
  return {
    request,
    parameters: request.params,
    get response() {
      return { status: 101, headers: answerHeaders(request) } as const
    },
  }
}

/** Throws a `NotSupportedException` where there is none: offline, or attached to another server. */
function serverOf({ request }: ServerCall): Server {
  const server = request.get(serverKey)
  if (server !== undefined) return server
  throw new NotSupportedException(
    'this session has no server: it runs offline, or on a server that is not ours (attach, handleUpgrade)',
  )
}
