import { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Http2Server } from 'node:http2'
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
import { type Upgrader, type UpgraderOptions, upgraderOf } from './upgrader.ts'

type UpgradeListener = (message: IncomingMessage, stream: Duplex, head: Uint8Array) => void

/** What emits upgrades: a server of `node:http`, `node:https` or `node:http2`. */
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
 * are other upgrades, unless all listeners are attachments. On a server of `node:http2`, WebSockets may come over HTTP/2,
 * too (RFC 8441); clients are told so unless others listen for upgrades.
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
      emits(server) &&
      (isUpgrade(source) ? server.listenerCount('upgrade') > 1 : !isOurs(server, 'upgrade')),
    isConnectShared: (webSocket) =>
      emits(server) &&
      (webSocket ? server.listenerCount('connect') > 1 : !isOurs(server, 'connect')),
    // As long as anybody listens for upgrades, Node answers none of them. Without us, this would be a plain request.
    answer: (source, message, stream) =>
      answeredOtherwise(source, stream) ||
      (emits(server) &&
        server.listenerCount('request') > 0 &&
        answerWithoutUpgrade(server, source, message)),
  })
  const { handleUpgrade, handleConnect } = upgrades
  attached.add(handleUpgrade).add(handleConnect)
  server.on('upgrade', handleUpgrade)
  const leave = isHttp2(server)
    ? listenForConnects(
        server,
        handleConnect,
        () => options.unmatched === 404 || isOurs(server, 'upgrade'),
      )
    : undefined
  return {
    get size() {
      return upgrades.size
    },
    detach(stop) {
      // First, since it throws for invalid options.
      const stopped = upgrades.stop(stop)
      server.off('upgrade', handleUpgrade)
      leave?.()
      return stopped
    },
  }
}

/**
 * Takes WebSockets over HTTP/2, and says to clients that there are some (RFC 8441, section 3): to each that connects while
 * `may` allows it, since browsers that know it open all of theirs so. The function that is returned ends that.
 */
function listenForConnects(
  server: Http2Server,
  take: Upgrader['handleConnect'],
  may: () => boolean,
): () => void {
  let told = false
  const tell = (taken: boolean): void => {
    // Otherwise, it is as the server was made.
    if (taken || told) server.updateSettings({ enableConnectProtocol: taken })
    told = taken
  }
  const announce = (): void => {
    // Node emits `connect` if there is a listener for requests; others may answer a stream themselves.
    const alone = server.listenerCount('request') > 0 && server.listenerCount('stream') === 1
    tell(alone && may())
  }
  server.on('connect', take)
  // Before Node's own listener, by which a connection without TLS gets the settings.
  server.prependListener('connection', announce)
  return () => {
    server.off('connect', take).off('connection', announce)
    tell(false)
  }
}

function isHttp2(server: UpgradeEmitter): server is UpgradeEmitter & Http2Server {
  return emits(server) && 'updateSettings' in server
}

/** Whether nobody but attachments listens for upgrades: none of them takes another upgrade. */
function isOurs(server: EventEmitter, event: 'upgrade' | 'connect'): boolean {
  return server.listeners(event).every((listener) => attached.has(listener))
}

/** Whether another attachment has answered an upgrade to something other than a WebSocket. */
function answeredOtherwise(source: UpgradeSource, stream: Duplex): boolean {
  return !isUpgrade(source) && isClaimed(stream)
}

function emits(server: UpgradeEmitter): server is UpgradeEmitter & EventEmitter {
  return server instanceof EventEmitter
}
