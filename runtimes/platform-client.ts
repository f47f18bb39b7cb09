import { connect, open } from 'antiphon/client'
import { node } from 'antiphon/node'
import { clientContract, contractAppWithFrames, onServer } from 'antiphon/testing'
import { PLATFORM_LACKS } from './remote-client.ts'
import { runSuites } from './run-suites.ts'
import { suiteOf } from './suite.ts'

/** The client over the platform's own `WebSocket`, and our server. */

/** Deno's `WebSocket` hands out what is under the mask as it came. */
const lacks = 'Deno' in globalThis ? [...PLATFORM_LACKS, 'unmasked' as const] : PLATFORM_LACKS

const app = onServer(contractAppWithFrames, {
  engine: node,
  connect: (url, { protocols = [] } = {}) => connect(url, { protocols }),
  open: (url, { protocols = [] }, consumer) => open(url, { protocols }, consumer),
  lacks,
})

await runSuites([suiteOf('a client', 'client', clientContract, app)])
process.exit()
