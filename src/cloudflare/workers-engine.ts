import { type FetchEngine, type FetchSettings, fetchSettings } from '../serving/fetch-engine.ts'
import type { WebSocketsLacking } from '../serving/web-sockets.ts'
import type { Capability, EngineTraits } from '../websocket/capability.ts'
import type { Websocket } from '../websocket/websocket.ts'
import { POLLED_LACKS, type PolledLacks } from '../websocket/whole-messages/polled-transport.ts'
import type { CapableLink } from '../websocket/ws-link.ts'

/** What the WebSockets of Workers cannot do. */
export type WorkersLacks = PolledLacks | 'upgradeHeader' | 'remoteAddress' | 'stop'

/** What the sockets of Workers can do. */
export interface WorkersSocket extends Websocket {
  readonly link: WorkersLink
}

// Named, for the errors of the compiler to be short.
interface WorkersLink extends CapableLink<Exclude<Capability, WorkersLacks>> {}

/** The configuration of WebSockets on Workers. */
export type WorkersWebSockets = WebSocketsLacking<WorkersLacks>

/** What Workers read at most of one message, in bytes. */
export const LARGEST_MESSAGE: number = 32 * 1024 * 1024

/** What the WebSockets of Workers cannot do, as a value. */
export const workersTraits: EngineTraits<WorkersLacks> = {
  name: 'cloudflare',
  lacks: [...POLLED_LACKS, 'upgradeHeader', 'remoteAddress', 'stop'],
}

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
export function workersSettings(webSockets: WorkersWebSockets = {}): FetchSettings {
  return fetchSettings(webSockets, workersEngine)
}
