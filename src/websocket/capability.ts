/**
 * What an engine may lack; all else it has.
 *
 * - `frames`: sockets accepted with `mode: 'frames'`
 * - `pause`, `ping` (with `onPong`), `pings`, `sendFrame`, `onControl`, `flush`, `limits`: the members of `WsLink` of that
 *   name; `limits` also those of `accept`, but for that of frames: `frameLimits`
 * - `bufferedAmount`: a socket that knows how much waits, and so a bound for it
 * - `records`: the peer's half of the close handshake is awaited, and told on the link
 * - `sizes`: the size of a message that was too large is told
 * - `statuses`: every close code of RFC 6455; where it is absent, 1011 goes out as 4011
 * - `terminate`: an end without a Close frame
 * - `masked`: a 1002 for a client that does not mask its frames (RFC 6455, section 5.1)
 * - `emptyFragments`: a bound for fragments without a byte; `pendingPongs`: one for Pongs that wait
 * - `malformedText`: a 1007 for it; where it is absent, the runtime drops the connection, or makes U+FFFD of it. `earlyText`:
 *   before the message is whole; `earlySize`: a message that is too large, before it is whole
 * - `compression`: permessage-deflate, when the configuration asks for it; `extensions`: any other
 * - `heads`: a bound for the size of a request's head; `headTimeout`: one for its time, with a 408
 * - `upgradeHeader`: a 426 that names the protocol in its header `Upgrade`
 * - `stop`: a server that can be stopped
 */
export type Capability =
  | 'frames'
  | 'pause'
  | 'ping'
  | 'pings'
  | 'sendFrame'
  | 'onControl'
  | 'flush'
  | 'limits'
  | 'frameLimits'
  | 'bufferedAmount'
  | 'records'
  | 'sizes'
  | 'statuses'
  | 'terminate'
  | 'masked'
  | 'emptyFragments'
  | 'pendingPongs'
  | 'malformedText'
  | 'earlyText'
  | 'earlySize'
  | 'compression'
  | 'extensions'
  | 'heads'
  | 'headTimeout'
  | 'upgradeHeader'
  | 'stop'

/** What makes sockets, and what it cannot do. */
export interface EngineTraits<out Lacks extends Capability = Capability> {
  /** Named in errors about what is lacking. */
  readonly name: string
  readonly lacks: readonly Lacks[]
}

/** Our own protocol machine has all, wherever it runs. */
export const OWN_ENGINE: EngineTraits<never> = { name: 'antiphon', lacks: [] }
