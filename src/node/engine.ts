import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { AddressInfo, Server as NetServer } from 'node:net'
import type { Duplex } from 'node:stream'
import type { PolyHandler } from '../routing/poly-handler.ts'
import type { Engine } from '../serving/engine.ts'
import { type ListenOptions, listeningServer, listenOptions } from '../serving/listening-server.ts'
import { ownSettings } from '../serving/own-settings.ts'
import type { StopPlan } from '../serving/stop-plan.ts'
import { WEB_SOCKETS, type WebSockets } from '../serving/web-sockets.ts'
import { NotSupportedException } from '../websocket/errors.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'
import type { Server } from '../websocket/server.ts'
import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'
import { httpConnections } from './http/http-connections.ts'
import {
  HTTP_OPTIONS,
  type HttpOptions,
  httpServer,
  httpSettings,
  requestListener,
} from './http/http-server.ts'
import { stayAlive } from './stay-alive.ts'
import { takeConnect } from './upgrade/extended-connect.ts'
import { answerWithoutUpgrade } from './upgrade/other-upgrade.ts'
import { plainUpgrades } from './upgrade/plain-upgrades.ts'
import { messageSource, type UpgradeSource } from './upgrade/upgrade-source.ts'
import { upgradesOf } from './upgrade/upgrades.ts'
import { nodeZlib } from './zlib/zlib-port.ts'

/** Options of `node`. */
export interface NodeOptions extends HttpOptions, ListenOptions {
  /**
   * Listens beside other processes that do the same: the system distributes connections among them. Default false.
   * Starting rejects where Node (before 22.12, and 23.0), Bun or the system (macOS, Windows) cannot.
   */
  readonly reusePort?: boolean | undefined
  /** The configuration of WebSockets: limits, pings, extensions. */
  readonly webSockets?: WebSockets | undefined
}

const NODE_OPTIONS: OptionNames<NodeOptions> = {
  ...HTTP_OPTIONS,
  port: 0,
  hostname: 0,
  reusePort: false,
  webSockets: WEB_SOCKETS,
}

/** The engine for Node: HTTP and WebSockets on one port. Throws a `TypeError` for an unknown option. */
export function node(options: NodeOptions = {}): Engine<FrameSocket> {
  checkNames('node()', options, NODE_OPTIONS)
  return { name: 'node', lacks: [], start: (app) => start(app, options) }
}

/** How long a TLS handshake, or the head of a request, may still take once the server stops, in milliseconds. */
const HEAD_PATIENCE = 1_000

async function start(app: PolyHandler<FrameSocket>, options: NodeOptions): Promise<Server> {
  const { webSockets = {} } = options
  const { port, hostname } = listenOptions(options)
  const settings = ownSettings(webSockets, nodeZlib)
  const httpOptions = httpSettings(options)
  const http = httpServer(httpOptions)
  const connections = httpConnections(http)
  const where = { port: 0, hostname, secure: options.tls !== undefined }
  const stop = async (plan: StopPlan): Promise<void> => {
    const closed = connections.close()
    dropSilent()
    const timers = [
      settings.clock.after(HEAD_PATIENCE, connections.destroyBegun),
      settings.clock.after(plan.drain, connections.destroy),
    ]
    await upgrades.stop(plan)
    await closed
    for (const cancel of timers) cancel()
  }
  const server = listeningServer(where, (plan) => stayAlive(stop(plan)))
  const upgrades = upgradesOf(app, settings, server)
  http.on('request', requestListener(app.http, settings.onError))
  const take = (source: UpgradeSource, stream: Duplex, head: Uint8Array): void => {
    connections.release(stream)
    upgrades.take({ source, stream, head })
  }
  http.on('upgrade', (message: IncomingMessage, stream: Duplex, head: Uint8Array) => {
    const source = messageSource(message)
    if (!answerWithoutUpgrade(http, source, message)) take(source, stream, head)
  })
  if (httpOptions.http2) {
    http.on('connect', (message: Http2ServerRequest, reply: Http2ServerResponse) =>
      takeConnect(upgrades.take, message, reply),
    )
  }
  const dropSilent = plainUpgrades(http, httpOptions, take)
  await listen(http, port, hostname, options.reusePort === true)
  // Emitted when the system could not hand over a connection. Without a listener, it would end the process.
  http.on('error', (error) => settings.onError(error, undefined))
  where.port = (http.address() as AddressInfo).port
  return server
}

/** Rejects if it cannot listen there. */
async function listen(
  http: NetServer,
  port: number,
  host: string,
  reusePort: boolean,
): Promise<void> {
  // Bun has Node's version, too.
  const version = process.versions.bun ? 'Bun' : process.versions.node
  if (reusePort && !sharesPorts(version)) {
    // It would ignore the option, and all processes but one would find the port taken.
    throw new NotSupportedException(
      `reusePort takes Node 22.12 or 23.1 or later, and this is ${version}: share the port by node:cluster or bun()`,
    )
  }
  const where = { port, host, reusePort }
  await once(http.listen(where), 'listening')
}

function sharesPorts(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const number = major * 100 + minor
  return number >= 22_12 && number !== 23_00
}
