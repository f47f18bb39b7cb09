import type { Engine } from '../serving/engine.ts'
import type { FetchEngine } from '../serving/fetch-engine.ts'
import { WEB_SOCKETS, type WebSocketsLacking } from '../serving/web-sockets.ts'
import type { Capability } from '../websocket/capability.ts'
import type { Capable } from '../websocket/capable.ts'
import { checkNames, type OptionNames } from '../websocket/option-names.ts'
import { startServer } from './server.ts'

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
  'compression',
  'extensions',
  'heads',
  'headTimeout',
] as const

/** What Deno's server cannot do. `node()` of `antiphon/node` can, on Deno, too. */
export type DenoLacks = (typeof LACKS)[number]

/** What it can do. */
export type DenoSocket = Capable<Exclude<Capability, DenoLacks>>

const traits: FetchEngine<DenoLacks> = {
  name: 'deno',
  lacks: LACKS,
  // It reads less than 64 MiB.
  largestMessage: 64 * 1024 * 1024 - 1,
}

export interface DenoOptions {
  /** Default 0: any free one. */
  readonly port?: number
  /** Default `127.0.0.1`: say `0.0.0.0` or `::` to be reached from elsewhere. */
  readonly hostname?: string
  /** Certificate and key as PEM: then it is `https:` and `wss:`. */
  readonly tls?: { readonly cert: string; readonly key: string }
  /**
   * Milliseconds without a word from the peer, not even a Pong, after which Deno lets go of a connection; after half of
   * them it pings. Default 0: never.
   */
  readonly idleTimeout?: number
  readonly webSockets?: WebSocketsLacking<DenoLacks>
}

const DENO_OPTIONS: OptionNames<DenoOptions> = {
  port: 0,
  hostname: 0,
  tls: 0,
  idleTimeout: 0,
  webSockets: WEB_SOCKETS,
}

/** The engine for Deno, by `Deno.serve`: HTTP and WebSockets on one port. Throws a `TypeError` for an option that there is not. */
export function deno(options: DenoOptions = {}): Engine<DenoSocket, DenoLacks> {
  checkNames('deno()', options, DENO_OPTIONS)
  return { name: traits.name, lacks: LACKS, start: (app) => startServer(app, traits, options) }
}
