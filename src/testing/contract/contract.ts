import { ContractFailure } from './assert.ts'

/**
 * What a backend may lack; all else it has to do.
 *
 * - `http`: plain HTTP beside WebSockets; `heads`: a limit for the size of a request's head
 * - `stop`: a server that can be stopped
 * - `hook`: the `onError` hook of the server
 * - `headers`: a client that sends headers of its own; `refusals`: one that is told status, headers and body of a refusal
 * - `frames`: sockets accepted with `mode: 'frames'`; `frameClient`: the same of the client
 * - `bufferedAmount`, `flush`, `pause`, `ping`, `sendFrame`, `onControl`: the members of `Websocket` and `WsLink` of that name
 * - `pings`: a ping timer that can be set on the link
 * - `limits`: limits of one connection
 * - `records`: both sides of the end, on the link
 * - `closeCodes`: a client that can send every code of RFC 6455; `afterClose`: one that hears what comes behind its own Close
 * - `unreachable`: a client that can be pointed at nothing; `open`: one with a consumer
 */
export type Capability =
  | 'http'
  | 'heads'
  | 'stop'
  | 'hook'
  | 'headers'
  | 'refusals'
  | 'frames'
  | 'frameClient'
  | 'bufferedAmount'
  | 'flush'
  | 'pause'
  | 'ping'
  | 'sendFrame'
  | 'onControl'
  | 'pings'
  | 'limits'
  | 'records'
  | 'closeCodes'
  | 'afterClose'
  | 'unreachable'
  | 'open'

/** One thing that every backend does. */
export interface ContractCase<in Context> {
  readonly name: string
  /** It is not for a backend that lacks one of these. */
  readonly needs?: readonly Capability[]
  /** Rejects when the backend does something else. */
  run(context: Context): Promise<void>
}

/** A backend to be held against a contract. */
export interface Backend<Context> {
  /** What it cannot do; the cases that need it are left out. */
  readonly lacks?: readonly Capability[]
  /** A fresh context for one case; disposed afterwards when it can be. */
  start(): Context | PromiseLike<Context>
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
  return contract
    .filter(({ needs = [] }) => !needs.some((capability) => lacks.includes(capability)))
    .map(({ name, run }) => ({
      name,
      run: async () => {
        const context = await backend.start()
        try {
          await inTime(run(context))
        } finally {
          if (isDisposable(context)) await context[Symbol.asyncDispose]()
        }
      },
    }))
}

function isDisposable(context: object): context is AsyncDisposable {
  return Symbol.asyncDispose in context
}

async function inTime(running: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    const failure = new ContractFailure(`it did not end within ${PATIENCE} ms`)
    timer = setTimeout(() => reject(failure), PATIENCE)
  })
  try {
    await Promise.race([running, late])
  } finally {
    clearTimeout(timer)
  }
}
