import { connect, open } from 'antiphon/client'
import { node } from 'antiphon/node'
import { clientContract, contractAppWithFrames, onServer } from 'antiphon/testing'
import { runSuites } from './run-suites.ts'
import { suiteOf } from './suite.ts'

/** The client over the platform's own `WebSocket`, and our server. */

const app = onServer(contractAppWithFrames, {
  engine: node,
  connect: (url, { protocols = [] } = {}) => connect(url, { protocols }),
  open: (url, { protocols = [] }, consumer) => open(url, { protocols }, consumer),
  lacks: ['headers', 'refusals', 'closeCodes', 'afterClose', 'deflate', 'frameClient'],
})

await runSuites([suiteOf('a client', 'client', clientContract, app)])
process.exit()
