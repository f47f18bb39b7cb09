import type { Capability, Engine } from 'antiphon'
import {
  contractApp,
  type EngineSetting,
  onServer,
  serverContract,
  sessionContract,
  sessionContractApp,
} from 'antiphon/testing'
import { examplesOn, type Sockets } from './examples.ts'
import { forbiddenCases, type ListenOptions, listenCases, listensOf } from './listen-cases.ts'
import { ourClient, ourSecureClient } from './our-client.ts'
import { stopCases, stopsOf } from './stop-cases.ts'
import { type Suite, suiteOf } from './suite.ts'
import { tls } from './tls.ts'

interface EngineOptions extends Partial<EngineSetting>, ListenOptions {
  readonly tls?: typeof tls
}

/**
 * What every runtime's own server does for our client. `forbidden` is the status that its sockets end with when a peer
 * breaks the protocol.
 */
export function engineSuites<S extends Sockets>(
  engine: (options?: EngineOptions) => Engine<S, Capability>,
  forbidden: 1002 | 1006,
): readonly Suite[] {
  const plain = { engine, ...ourClient }
  const secure = onServer<S>(contractApp, {
    engine: (options) => engine({ ...options, tls }),
    ...ourSecureClient,
  })
  return [
    suiteOf('a server', 'server', serverContract, onServer<S>(contractApp, plain)),
    suiteOf('a session', 'server', sessionContract, onServer<S>(sessionContractApp, plain)),
    suiteOf('with TLS, a server', undefined, serverContract, secure),
    suiteOf('a stop', undefined, stopCases, stopsOf(engine())),
    suiteOf('a server that listens', undefined, listenCases, listensOf(engine)),
    suiteOf('a socket', undefined, forbiddenCases(forbidden), listensOf(engine)),
    examplesOn(plain),
  ]
}
