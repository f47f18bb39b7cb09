import { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { isUpgrade } from '../protocol/handshake/server-handshake.ts'
import { checkApp } from '../routing/check-app.ts'
import type { PolyHandler } from '../routing/poly-handler.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'
import type { StopOptions } from '../websocket/server.ts'
import type { WsHandler } from '../websocket/ws-handler.ts'
import { answerWithoutUpgrade } from './upgrade/other-upgrade.ts'
import { isClaimed } from './upgrade/stream-mark.ts'
import type { UpgradeSource } from './upgrade/upgrade-source.ts'
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

/** The listeners of all attachments. */
const attached = new WeakSet<object>()

/**
 * Serves WebSockets on an existing server, such as that of Express, Fastify, Next or Vite, which still answers HTTP: of
 * a poly handler only the WebSocket half is used, and a request for another upgrade is answered as a plain one. Where
 * others listen for upgrades, too, those that no route takes are left to them, unless the option `unmatched` is 404; so
 * are other upgrades, unless all listeners are attachments.
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
    isShared: (source) =>
      emits(server) && (isUpgrade(source) ? server.listenerCount('upgrade') > 1 : !isOurs(server)),
    // As long as anybody listens for upgrades, Node answers none of them. Without us, this would be a plain request.
    answer: (source, message, stream) =>
      answeredOtherwise(source, stream) ||
      (emits(server) &&
        server.listenerCount('request') > 0 &&
        answerWithoutUpgrade(server, source, message)),
  })
  attached.add(upgrades.handleUpgrade)
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

/** Whether nobody but attachments listens for upgrades: none of them takes another upgrade. */
function isOurs(server: EventEmitter): boolean {
  return server.listeners('upgrade').every((listener) => attached.has(listener))
}

/** Whether another attachment has answered an upgrade to something other than a WebSocket. */
function answeredOtherwise(source: UpgradeSource, stream: Duplex): boolean {
  return !isUpgrade(source) && isClaimed(stream)
}

function emits(server: UpgradeEmitter): server is UpgradeEmitter & EventEmitter {
  return server instanceof EventEmitter
}
