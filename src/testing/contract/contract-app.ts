import { bind } from '../../routing/bind.ts'
import { routes } from '../../routing/http-router.ts'
import { type Poly, poly } from '../../routing/poly.ts'
import type { WsRouter } from '../../routing/ws-router.ts'
import { accept } from '../../websocket/accept.ts'
import type { FrameSocket } from '../../websocket/frame-socket.ts'
import { WebSocketUpgrade } from '../../websocket/websocket-upgrade.ts'
import { ContractLog } from './contract-log.ts'
import { closeRoutes } from './routes/close-routes.ts'
import { flowRoutes } from './routes/flow-routes.ts'
import { frameRoutes } from './routes/frame-routes.ts'
import { logRoutes } from './routes/log-routes.ts'
import { messageRoutes } from './routes/message-routes.ts'
import { upgradeRoutes } from './routes/upgrade-routes.ts'

/** The application that backends serve for the contracts. */
export function contractApp(): Poly {
  return poly(httpRoutes(), ...messageParts())
}

/** The same for backends whose sockets can have frames. */
export function contractAppWithFrames(): Poly<FrameSocket> {
  return poly<FrameSocket>(httpRoutes(), ...messageParts(), frameRoutes())
}

function httpRoutes(): ReturnType<typeof routes> {
  return routes(
    bind('/ping', () => new Response('pong')),
    bind('/body', async ({ raw }) => new Response(await raw.text())),
    bind('/address', ({ remoteAddress }) => new Response(remoteAddress)),
    bind('/turned', () => new WebSocketUpgrade(accept((socket) => socket.send('turned')))),
  )
}

function messageParts(): readonly WsRouter[] {
  const log = new ContractLog()
  return [messageRoutes(log), upgradeRoutes(), closeRoutes(log), flowRoutes(log), logRoutes(log)]
}
