import { deno } from 'antiphon/deno'
import { denoCases, denoContext } from './deno-cases.ts'
import { engineSuites } from './engine-suites.ts'
import { bodyCases, responseCases, responsesOf } from './response-cases.ts'
import { runSuites } from './run-suites.ts'
import { suiteOf } from './suite.ts'

/** Deno's own server, and our client. */

await runSuites([
  ...engineSuites(deno, 1006),
  suiteOf('a response', undefined, [...responseCases, ...bodyCases], responsesOf(deno)),
  suiteOf("Deno's own server", undefined, denoCases, { start: denoContext }),
])
process.exit()
