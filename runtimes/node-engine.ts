import type { FrameSocket } from 'antiphon'
import { node } from 'antiphon/node'
import {
  clientContract,
  contractAppWithFrames,
  onServer,
  serverContract,
  sessionContract,
  sessionContractAppWithFrames,
} from 'antiphon/testing'
import { examplesOn } from './examples.ts'
import { forbiddenCases, listenCases, listensOf } from './listen-cases.ts'
import { nodeExamples } from './node-examples.ts'
import { ourClient, ourHttp2Client, ourSecureClient } from './our-client.ts'
import { runSuites } from './run-suites.ts'
import { stopCases, stopsOf } from './stop-cases.ts'
import { suiteOf } from './suite.ts'
import { tls } from './tls.ts'
import { zlibCases } from './zlib-cases.ts'

/** Our own engine and client, on whatever has the modules of Node. */

const plain = { engine: node, ...ourClient }
const app = onServer(contractAppWithFrames, plain)
const sessions = onServer(sessionContractAppWithFrames, plain)
const secure = onServer<FrameSocket>(contractAppWithFrames, {
  engine: (options) => node({ ...options, tls }),
  ...ourSecureClient,
})
const http2 = onServer<FrameSocket>(contractAppWithFrames, {
  engine: (options) => node({ ...options, tls, http2: true }),
  ...ourHttp2Client,
})

await runSuites([
  suiteOf('a server', 'server', serverContract, app),
  suiteOf('a client', 'client', clientContract, app),
  suiteOf('a session', 'server', sessionContract, sessions),
  suiteOf('with TLS, a server', undefined, serverContract, secure),
  suiteOf('with TLS, a client', undefined, clientContract, secure),
  suiteOf('over HTTP/2, a server', undefined, serverContract, http2),
  suiteOf('over HTTP/2, a client', undefined, clientContract, http2),
  suiteOf('a stop', undefined, stopCases, stopsOf(node())),
  suiteOf('a server that listens', undefined, listenCases, listensOf(node)),
  suiteOf('a socket', undefined, forbiddenCases(1002), listensOf(node)),
  examplesOn(plain),
  nodeExamples,
  zlibCases,
])
process.exit()
