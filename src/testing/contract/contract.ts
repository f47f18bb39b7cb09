import type { WebSockets } from '../../serving/web-sockets.ts'
import type { Capability as EngineCapability } from '../../websocket/capability.ts'
import { inTime } from '../clock/in-time.ts'
import { ContractFailure } from './assert.ts'

/**
 * Everything that a backend may lack. An engine declares what it lacks itself; besides, a backend may lack
 *
 * - `http`: plain HTTP beside WebSockets; `raw`: TCP below it
 * - `hook`: the `onError` hook of the server; `others`: sockets that can be used while another one's request is handled
 * - `headers`: a client that sends headers of its own; `refusals`: one that is told status, headers and body of a refusal;
 *   `answers`: one that is told the headers of a 101
 * - `deflate`: a client that offers permessage-deflate when it is told to
 * - `frameClient`: a client with `mode: 'frames'`
 * - `closeCodes`: a client that can send every code of RFC 6455; `afterClose`: one that hears what comes behind its own Close
 * - `failures`: one that is told when the connection is lost, or fails
 * - `unmasked`: one that takes no masked frame of a server (RFC 6455, section 5.1)
 * - `unreachable`: a client that can be pointed at nothing; `open`: one with a consumer
 */
export type Capability =
  | EngineCapability
  | 'http'
  | 'raw'
  | 'hook'
  | 'others'
  | 'headers'
  | 'refusals'
  | 'answers'
  | 'deflate'
  | 'frameClient'
  | 'closeCodes'
  | 'afterClose'
  | 'failures'
  | 'unmasked'
  | 'unreachable'
  | 'open'

/** How a backend is configured for one case. What is left out keeps its default. */
export interface ContractSetting {
  /** The configuration of the server. */
  readonly webSockets?: WebSockets | undefined
  /** Milliseconds for the head of a request. */
  readonly handshakeTimeout?: number | undefined
  /** permessage-deflate, on both sides. */
  readonly compression?: boolean | undefined
}

/** One thing that every backend does. */
export interface ContractCase<in Context> {
  readonly name: string
  /** It is not for a backend that lacks one of these. */
  readonly needs?: readonly Capability[] | undefined
  /** It is only for a backend that lacks all of these. */
  readonly without?: readonly Capability[] | undefined
  /** How the backend is to be for it. */
  readonly setting?: ContractSetting | undefined
  /** Rejects when the backend does something else. */
  run(context: Context): Promise<void>
}

/** A backend that is to keep a contract. */
export interface Backend<Context> {
  /** What it cannot do; the cases that need it are left out. */
  readonly lacks?: readonly Capability[] | undefined
  /** A fresh context for one case; disposed afterwards when it can be. */
  start(setting?: ContractSetting): Context | PromiseLike<Context>
}

/** A test for any runner: `for (const { name, run } of contractTests(serverContract, backend)) test(name, run)`. */
export interface ContractTest {
  readonly name: string
  run(): Promise<void>
}

/** How long one case may take, in milliseconds. */
const PATIENCE = 10_000

/** The cases that a backend does not declare absent, as tests. */
export function contractTests<Context extends object>(
  contract: readonly ContractCase<Context>[],
  backend: Backend<Context>,
): readonly ContractTest[] {
  const { lacks = [] } = backend
  const lacking = (capability: Capability): boolean => lacks.includes(capability)
  return contract
    .filter(({ needs = [], without = [] }) => !needs.some(lacking) && without.every(lacking))
    .map(({ name, setting = {}, run }) => ({
      name,
      run: async () => {
        const context = await backend.start(setting)
        try {
          await ended(run(context))
        } finally {
          if (isDisposable(context)) await context[Symbol.asyncDispose]()
        }
      },
    }))
}

function isDisposable(context: object): context is AsyncDisposable {
  return Symbol.asyncDispose in context
}

async function ended(running: Promise<void>): Promise<void> {
  const outcome = await inTime(running, PATIENCE)
  if (outcome.kind === 'error') throw outcome.error
  if (outcome.kind === 'late') throw new ContractFailure(`it did not end within ${PATIENCE} ms`)
}
