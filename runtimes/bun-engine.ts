import { type BunSocket, bun } from 'antiphon/bun'
import {
  contractApp,
  onServer,
  serverContract,
  sessionContract,
  sessionContractApp,
} from 'antiphon/testing'
import { examplesOn } from './examples.ts'
import { forbiddenCases, listenCases, listensOf, sharingCases } from './listen-cases.ts'
import { ourClient, ourSecureClient } from './our-client.ts'
import { runSuites } from './run-suites.ts'
import { stopCases, stopsOf } from './stop-cases.ts'
import { suiteOf } from './suite.ts'
import { tls } from './tls.ts'

/** Bun's own server, and our client. */

const plain = { engine: bun, ...ourClient }
const secure = onServer<BunSocket>(contractApp, {
  engine: (options) => bun({ ...options, tls }),
  ...ourSecureClient,
})

await runSuites([
  suiteOf('a server', 'server', serverContract, onServer(contractApp, plain)),
  suiteOf('a session', 'server', sessionContract, onServer(sessionContractApp, plain)),
  suiteOf('with TLS, a server', undefined, serverContract, secure),
  suiteOf('a stop', undefined, stopCases, stopsOf(bun())),
  suiteOf('a server that listens', undefined, [...listenCases, ...sharingCases], listensOf(bun)),
  suiteOf('a socket', undefined, forbiddenCases(1002), listensOf(bun)),
  examplesOn(plain),
])
process.exit()
