import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { Duplex } from 'node:stream'
import { checkApp } from '../routing/check-app.ts'
import type { PolyHandler } from '../routing/poly-handler.ts'
import { ownSettings } from '../serving/own-settings.ts'
import { stopOnce } from '../serving/stop-plan.ts'
import { WEB_SOCKETS, type WebSockets } from '../serving/web-sockets.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'
import type { StopOptions } from '../websocket/server.ts'
import { wrongValue } from '../websocket/support/option-checks.ts'
import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'
import type { WsHandler } from '../websocket/ws-handler.ts'
import { stayAlive } from './stay-alive.ts'
import { isWebSocketConnect, takeConnect } from './upgrade/extended-connect.ts'
import { messageSource, type UpgradeSource } from './upgrade/upgrade-source.ts'
import { upgradesOf } from './upgrade/upgrades.ts'
import { nodeZlib } from './zlib/zlib-port.ts'

/**
 * What happens to an upgrade that no route takes: a 404 at once, or nothing, so that another listener can answer it. When
 * none has written to it or read it for ten seconds, it is a 404 all the same.
 */
export type Unmatched = 404 | 'ignore'

/** Options of `upgrader` and `attach`. */
export interface UpgraderOptions extends WebSockets {
  /** Default 404; of `attach`, 'ignore' for each upgrade of a server that has further listeners for upgrades. */
  readonly unmatched?: Unmatched | undefined
}

const UPGRADER_OPTIONS: OptionNames<UpgraderOptions> = { ...WEB_SOCKETS, unmatched: 0 }

/** Turns requests of any server of `node:http`, `node:https` or `node:http2` into sockets. */
export interface Upgrader {
  /** For the server's `upgrade` event: `server.on('upgrade', upgrader.handleUpgrade)`. */
  readonly handleUpgrade: (request: IncomingMessage, stream: Duplex, head: Uint8Array) => void
  /**
   * For the event `connect` of a server of `node:http2`, made with `settings: { enableConnectProtocol: true }`: WebSockets
   * over HTTP/2 (RFC 8441). `server.on('connect', upgrader.handleConnect)`.
   */
  readonly handleConnect: (request: Http2ServerRequest, response: Http2ServerResponse) => void
  /** Open sockets. */
  readonly size: number
  /** Takes no more upgrades and closes the open sockets, as `Server.stop` does. */
  readonly stop: (options?: StopOptions) => Promise<void>
}

/** An upgrader for a handler; of a poly handler, both halves may take an upgrade. */
export function upgrader(
  handler: WsHandler<FrameSocket> | PolyHandler<FrameSocket>,
  options: UpgraderOptions = {},
): Upgrader {
  checkApp(handler, 'an upgrader')
  const app = typeof handler === 'function' ? { http: undefined, ws: handler } : handler
  return upgraderOf('upgrader()', app, options)
}

/** The server whose upgrades are given to an upgrader, if that is known. */
export interface UpgradingServer {
  /** Whether anybody else may take an upgrade. */
  readonly isShared: (source: UpgradeSource) => boolean
  /** Whether anybody else may take a CONNECT, to a WebSocket or not. */
  readonly isConnectShared: (webSocket: boolean) => boolean
  /** Answers an upgrade in place of the application; false if that is not for it to do. */
  readonly answer: (source: UpgradeSource, request: IncomingMessage, stream: Duplex) => boolean
}

export function upgraderOf(
  who: string,
  app: PolyHandler<FrameSocket>,
  options: UpgraderOptions,
  server?: UpgradingServer,
): Upgrader {
  checkNames(who, options, UPGRADER_OPTIONS)
  const { unmatched } = options
  if (unmatched !== undefined && unmatched !== 404 && unmatched !== 'ignore')
    throw wrongValue('unmatched', unmatched, "404 or 'ignore'")
  const upgrades = upgradesOf(app, ownSettings(options, nodeZlib))
  return {
    handleUpgrade(request, stream, head) {
      const source = messageSource(request, true)
      // Asked for each: Next begins to listen when it gets its first request.
      const shared = unmatched === undefined ? server?.isShared(source) : unmatched === 'ignore'
      if (!shared && server?.answer(source, request, stream)) return
      upgrades.take({ source, stream, head, shared })
    },
    handleConnect(request, reply) {
      const shared =
        unmatched === undefined
          ? server?.isConnectShared(isWebSocketConnect(request))
          : unmatched === 'ignore'
      takeConnect(upgrades.take, request, reply, shared)
    },
    get size() {
      return upgrades.size
    },
    stop: stopOnce((plan) => stayAlive(upgrades.stop(plan))),
  }
}
