import { NotSupportedException } from '../websocket/errors.ts'
import type { MessageCore } from '../websocket/whole-messages/message-core.ts'

/** As much of the runtime of Workers as is used here; `@cloudflare/workers-types` has the whole. */

/** One end of a `WebSocketPair`. */
export interface WorkersWebSocket {
  readonly readyState: number
  /** Absent before `workerd` 1.20261117, and in the types of that time. */
  readonly bufferedAmount?: number | undefined
  binaryType: 'blob' | 'arraybuffer'
  accept(): void
  send(content: string | ArrayBuffer | ArrayBufferView): void
  close(code?: number, reason?: string): void
  serializeAttachment(attachment: unknown): void
  deserializeAttachment(): unknown
  addEventListener<T extends keyof WorkersSocketEvents>(
    type: T,
    listener: (event: WorkersSocketEvents[T]) => void,
  ): void
}

/** The events of a socket of Workers, as far as they are used. */
export interface WorkersSocketEvents {
  readonly message: { readonly data: string | ArrayBuffer }
  readonly close: { readonly code: number; readonly reason: string; readonly wasClean: boolean }
  /** Without a `close` behind it. */
  readonly error: { readonly error: unknown }
}

/** What a call of a Worker's `fetch` gets besides request and bindings. */
export interface ExecutionContext {
  /** The call goes on until the promise has settled. */
  waitUntil(promise: Promise<unknown>): void
  passThroughOnException(): void
}

/** What a Durable Object is made with. */
export interface DurableObjectState {
  /** Nothing reaches the object before the callback has ended; when it fails, the object is made anew. */
  blockConcurrencyWhile<T>(callback: () => Promise<T>): Promise<T>
  acceptWebSocket(socket: WorkersWebSocket, tags?: string[]): void
  getWebSockets(tag?: string): WorkersWebSocket[]
}

interface SwitchingInit extends ResponseInit {
  readonly webSocket: WorkersWebSocket
}

declare const WebSocketPair:
  | (new () => { readonly 0: WorkersWebSocket; readonly 1: WorkersWebSocket })
  | undefined

/** A connection that is about to open: the response that opens it, and the server's end. */
export interface OpeningPair {
  readonly response: Response
  readonly server: WorkersWebSocket
  /** Where it is simulated: called with the core of a plain socket, to report more to it than the runtime does. */
  readonly opened?: ((core: MessageCore) => void) | undefined
}

/** Answers an upgrade with these headers. */
export type OpenPair = (headers: Headers) => OpeningPair

const simulated = new WeakMap<DurableObjectState, OpenPair>()

/** Opens the connections of an object that is not on Workers. */
export function simulatePairs(state: DurableObjectState, open: OpenPair): void {
  simulated.set(state, open)
}

/** How the connections of an object are opened. */
export function pairsOf(state: DurableObjectState): OpenPair {
  return simulated.get(state) ?? openPair
}

/** Opens a connection of the runtime. Throws a `NotSupportedException` if this is not Workers. */
export function openPair(headers: Headers): OpeningPair {
  if (typeof WebSocketPair === 'undefined') {
    throw new NotSupportedException(
      'antiphon/cloudflare needs the runtime of Workers: here there is no WebSocketPair',
    )
  }
  const { 0: client, 1: server } = new WebSocketPair()
  const init: SwitchingInit = { status: 101, webSocket: client, headers }
  return { response: new Response(null, init), server }
}
