import { connect, open } from 'antiphon/client'
import { type Capability, type ClientContext, clientContract } from 'antiphon/testing'
import { type Suite, suiteOf } from './suite.ts'

/** What the client over a platform's own `WebSocket` cannot do, whatever the platform. */
export const PLATFORM_LACKS: readonly Capability[] = [
  'headers',
  'refusals',
  'answers',
  'closeCodes',
  'afterClose',
  'deflate',
  'frameClient',
]

/** Nobody listens on the port for TCP multiplexing (RFC 1078). */
const NOWHERE = 'ws://127.0.0.1:1/'

/** The contract of that client where no server can be started: `url` is that of `contractAppWithFrames()` elsewhere. */
export function remoteClient(url: string, lacks: readonly Capability[] = []): Suite {
  const context: ClientContext = {
    connect: (path, { protocols = [] } = {}) => connect(url + path, { protocols }),
    open: (path, consumer) => open(url + path, {}, consumer),
    unreachable: () => connect(NOWHERE),
    openUnreachable: (consumer) => open(NOWHERE, {}, consumer),
  }
  const backend = { lacks: [...PLATFORM_LACKS, 'raw', ...lacks] as const, start: () => context }
  return suiteOf('a client', 'client', clientContract, backend)
}
