import type { Capability, Capable } from 'antiphon'
import { type BunLacks, bun } from 'antiphon/bun'
import {
  contractApp,
  onServer,
  serverContract,
  sessionContract,
  sessionContractApp,
} from 'antiphon/testing'
import { examplesOn } from './examples.ts'
import { ourClient, ourSecureClient } from './our-client.ts'
import { runSuites } from './run-suites.ts'
import { stopCases, stopsOf } from './stop-cases.ts'
import { suiteOf } from './suite.ts'
import { tls } from './tls.ts'

/** Bun's own server, and our client. */

const plain = { engine: bun, ...ourClient }
const secure = onServer<Capable<Exclude<Capability, BunLacks>>>(contractApp, {
  engine: (options) => bun({ ...options, tls }),
  ...ourSecureClient,
})

await runSuites([
  suiteOf('a server', 'server', serverContract, onServer(contractApp, plain)),
  suiteOf('a session', 'server', sessionContract, onServer(sessionContractApp, plain)),
  suiteOf('with TLS, a server', undefined, serverContract, secure),
  suiteOf('a stop', undefined, stopCases, stopsOf(bun())),
  examplesOn(plain),
])
process.exit()
