import type { PolyHandler } from '../routing/poly-handler.ts'
import { type FetchEngine, fetchSettings } from '../serving/fetch-engine.ts'
import { type FetchUpgrades, fetchUpgrades } from '../serving/fetch-upgrade.ts'
import type { ServerSettings, WebSocketsLacking } from '../serving/web-sockets.ts'
import type { Capability, EngineTraits } from '../websocket/capability.ts'
import type { Capable } from '../websocket/capable.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'

const LACKS = [
  'frames',
  'pause',
  'ping',
  'pings',
  'sendFrame',
  'onControl',
  'frameLimits',
  'terminate',
  'masked',
  'emptyFragments',
  'pendingPongs',
  'malformedText',
  'earlyText',
  'earlySize',
  'extensions',
  'heads',
  'headTimeout',
  'upgradeHeader',
  'remoteAddress',
  'stop',
] as const

/** What the WebSockets of Workers cannot do. */
export type WorkersLacks = (typeof LACKS)[number]

/** What they can do. */
export type WorkersSocket = Capable<Exclude<Capability, WorkersLacks>>

/** The configuration of WebSockets on Workers. */
export type WorkersWebSockets = WebSocketsLacking<WorkersLacks>

/** What Workers read at most of one message, in bytes. */
export const LARGEST_MESSAGE: number = 32 * 1024 * 1024

/** What the WebSockets of Workers cannot do, as a value. */
export const workersTraits: EngineTraits<WorkersLacks> = { name: 'cloudflare', lacks: LACKS }

/** The engine of Workers. */
const workersEngine: FetchEngine<WorkersLacks> = {
  ...workersTraits,
  largestMessage: LARGEST_MESSAGE,
  // The runtime checks these. A Worker that asks a Durable Object for a WebSocket says no more than `Upgrade`.
  assumed: {
    connection: 'Upgrade',
    host: 'worker',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    'sec-websocket-version': '13',
  },
}

/** The settings for the options. Throws as `fetchSettings` does. */
export function workersSettings(webSockets: WorkersWebSockets): ServerSettings {
  return fetchSettings(webSockets, workersEngine)
}

/** An application on Workers, with settings that have been looked at. */
export function workersUpgrades(
  app: PolyHandler<FrameSocket>,
  webSockets: WorkersWebSockets,
): FetchUpgrades {
  return fetchUpgrades(app, workersEngine, webSockets, () => undefined)
}
