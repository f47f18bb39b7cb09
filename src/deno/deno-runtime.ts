import { NotSupportedException } from '../websocket/errors.ts'
import type { MaybePromise } from '../websocket/support/maybe-promise.ts'

/** The part of Deno that is used here. */
export interface DenoRuntime {
  serve(
    options: DenoServeOptions,
    handler: (request: Request, info: DenoRequestInfo) => MaybePromise<Response>,
  ): DenoServer
  upgradeWebSocket(
    request: Request,
    options: { readonly idleTimeout: number },
  ): { readonly socket: WebSocket; readonly response: Response }
}

interface DenoServeOptions {
  readonly port: number
  readonly hostname: string
  readonly cert?: string | undefined
  readonly key?: string | undefined
  /** Ends the server and all its connections at once. */
  readonly signal: AbortSignal
  readonly onListen: () => void
  /** For a response that cannot be sent, or whose body fails: then the answer comes too late. */
  readonly onError: (thrown: unknown) => Response
}

interface DenoRequestInfo {
  /** A connection that has no address has no `hostname`. */
  readonly remoteAddr: { readonly hostname?: string | undefined }
  /** Settles when the response has been handed on to be written, or cannot be. */
  readonly completed: Promise<void>
}

interface DenoServer {
  readonly addr: { readonly port: number }
  readonly finished: Promise<void>
  /** Stops listening, drops all WebSockets, and waits until all requests have been read and answered, however long. */
  shutdown(): Promise<void>
}

declare const Deno: DenoRuntime | undefined

/** Deno itself. Throws a `NotSupportedException` anywhere else. */
export function denoRuntime(): DenoRuntime {
  if (typeof Deno !== 'undefined') return Deno
  throw new NotSupportedException(
    'deno() serves on Deno alone: on Node, use node() of antiphon/node',
  )
}
