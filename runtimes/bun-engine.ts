import { bun } from 'antiphon/bun'
import { engineSuites } from './engine-suites.ts'
import { listensOf, sharingCases } from './listen-cases.ts'
import { responseCases, responsesOf } from './response-cases.ts'
import { runSuites } from './run-suites.ts'
import { suiteOf } from './suite.ts'

/** Bun's own server, and our client. */

await runSuites([
  ...engineSuites(bun, 1002),
  suiteOf('a response', undefined, responseCases, responsesOf(bun)),
  suiteOf('a server that listens beside others', undefined, sharingCases, listensOf(bun)),
])
process.exit()
