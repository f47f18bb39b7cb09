/**
 * Everything that an engine may lack.
 *
 * - `frames`: sockets accepted with `mode: 'frames'` or `mode: 'fragments'`
 * - `pause`, `ping` (with `onPong`), `pings`, `sendFrame`, `onControl`, `flush`, `limits`: the members of `WsLink` of
 *   that name. `frameLimits`: a limit for frames among the `limits`, and in `accept`
 * - `bufferedAmount`: the socket knows how much waits to be sent, so that it can be bounded
 * - `records`: the peer's half of the close handshake is awaited, and is in the close record
 * - `sizes`: an error for a message that is too large tells its size
 * - `statuses`: every close code of RFC 6455 can be sent; without it, 1011 goes out as 4011
 * - `terminate`: a connection can be ended without a Close frame
 * - `masked`: a client that does not mask its frames gets a 1002 (RFC 6455, section 5.1)
 * - `emptyFragments`: fragments without a byte are bounded; `pendingPongs`: so are Pongs that wait
 * - `malformedText`: it gets a 1007; without it, the runtime drops the connection, or reads U+FFFD. `earlyText`: before
 *   the message is whole; `earlySize`: a message that is too large is refused before it is whole
 * - `compression`: permessage-deflate, when the configuration asks for it; `extensions`: any other
 * - `heads`: the size of a request's head is bounded; `headTimeout`: so is its time, with a 408
 * - `upgradeHeader`: a 426 names the protocol in its header `Upgrade`
 * - `remoteAddress`: a request has the address of its peer
 * - `stop`: the server can be stopped
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
  | 'remoteAddress'
  | 'stop'

/** What makes sockets, and what it cannot do. */
export interface EngineTraits<out Lacks extends Capability = Capability> {
  /** Named in errors about what is lacking. */
  readonly name: string
  readonly lacks: readonly Lacks[]
}

/** Our own protocol machine lacks nothing, wherever it runs. */
export const OWN_ENGINE: EngineTraits<never> = { name: 'antiphon', lacks: [] }
