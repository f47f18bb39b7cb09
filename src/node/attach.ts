import { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { checkApp } from '../routing/check-app.ts'
import type { PolyHandler } from '../routing/poly-handler.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'
import type { StopOptions } from '../websocket/server.ts'
import type { WsHandler } from '../websocket/ws-handler.ts'
import { answerWithoutUpgrade } from './upgrade/other-upgrade.ts'
import { type UpgraderOptions, upgraderOf } from './upgrader.ts'

type UpgradeListener = (message: IncomingMessage, stream: Duplex, head: Uint8Array) => void

/** What emits upgrades: a server of `node:http` or `node:https`, or of `node:http2` with `allowHTTP1`, as Vite has it. */
export interface UpgradeEmitter {
  on(event: 'upgrade', listener: UpgradeListener): unknown
  off(event: 'upgrade', listener: UpgradeListener): unknown
}

/** WebSockets on an existing server. */
export interface Attachment {
  /** Open sockets. */
  readonly size: number
  /** Takes no more upgrades and closes the open sockets, as `Server.stop` does; the HTTP server goes on. */
  readonly detach: (options?: StopOptions) => Promise<void>
}

/**
 * Serves WebSockets on an existing server, such as that of Express, Fastify, Next or Vite, which still answers HTTP: of
 * a poly handler only the WebSocket half is used, and a request for another upgrade is answered as a plain one. Where
 * others listen for upgrades, too, those that no route takes are left to them, unless the option `unmatched` is 404.
 */
export function attach(
  server: UpgradeEmitter,
  handler: WsHandler<FrameSocket> | PolyHandler<FrameSocket>,
  options: UpgraderOptions = {},
): Attachment {
  checkApp(handler, 'attach')
  const ws = typeof handler === 'function' ? handler : handler.ws
  const app = { http: undefined, ws }
  const upgrades = upgraderOf('attach()', app, options, {
    isShared: () => emits(server) && server.listenerCount('upgrade') > 1,
    // As long as anybody listens for upgrades, Node answers none of them. Without us, this would be a plain request.
    answer: (source, message) =>
      emits(server) &&
      server.listenerCount('request') > 0 &&
      answerWithoutUpgrade(server, source, message),
  })
  server.on('upgrade', upgrades.handleUpgrade)
  return {
    get size() {
      return upgrades.size
    },
    detach(stop) {
      // First, since it throws for invalid options.
      const stopped = upgrades.stop(stop)
      server.off('upgrade', upgrades.handleUpgrade)
      return stopped
    },
  }
}

function emits(server: UpgradeEmitter): server is UpgradeEmitter & EventEmitter {
  return server instanceof EventEmitter
}
