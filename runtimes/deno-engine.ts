import { type DenoSocket, deno } from 'antiphon/deno'
import {
  contractApp,
  onServer,
  serverContract,
  sessionContract,
  sessionContractApp,
} from 'antiphon/testing'
import { denoCases, denoContext } from './deno-cases.ts'
import { examplesOn } from './examples.ts'
import { forbiddenCases, listenCases, listensOf } from './listen-cases.ts'
import { ourClient, ourSecureClient } from './our-client.ts'
import { runSuites } from './run-suites.ts'
import { stopCases, stopsOf } from './stop-cases.ts'
import { suiteOf } from './suite.ts'
import { tls } from './tls.ts'

/** Deno's own server, and our client. */

const plain = { engine: deno, ...ourClient }
const secure = onServer<DenoSocket>(contractApp, {
  engine: (options) => deno({ ...options, tls }),
  ...ourSecureClient,
})

await runSuites([
  suiteOf('a server', 'server', serverContract, onServer(contractApp, plain)),
  suiteOf('a session', 'server', sessionContract, onServer(sessionContractApp, plain)),
  suiteOf('with TLS, a server', undefined, serverContract, secure),
  suiteOf('a stop', undefined, stopCases, stopsOf(deno())),
  suiteOf('a server that listens', undefined, listenCases, listensOf(deno)),
  suiteOf('a socket', undefined, forbiddenCases(1006), listensOf(deno)),
  suiteOf("Deno's own server", undefined, denoCases, { start: denoContext }),
  examplesOn(plain),
])
process.exit()
