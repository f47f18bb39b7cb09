import type { Websocket } from '../websocket/websocket.ts'
import type { WsMessage } from '../websocket/ws-message.ts'
import type { WsStatus } from '../websocket/ws-status.ts'
import type { WorkersSocket } from './workers-engine.ts'

declare const sleeps: unique symbol

/** What the sockets of a Durable Object can do: those of Workers, and sleep. It is in the type alone. */
export type DurableSocket = WorkersSocket & { readonly [sleeps]: true }

/**
 * A socket that outlives the memory of its object: it has no listeners, and of the request only URL, path and parameters.
 * Asking that for more throws a `NotSupportedException`.
 */
export interface HibernatableSocket<A>
  extends Pick<
    Websocket,
    'upgradeRequest' | 'protocol' | 'state' | 'bufferedAmount' | 'send' | 'drained' | 'close'
  > {
  /**
   * What is kept with the socket. Reading it gives a copy: assign it again to keep a change. It may be whatever can be
   * cloned (HTML, section 2.7); assigning anything else throws a `TypeError`. Together with what is kept of the request, it
   * may take 16,384 bytes; assigning more throws a `RangeError`.
   */
  attachment: A
}

/**
 * How hibernatable sockets behave. Each may be asynchronous. What `open` and `message` throw or reject with goes to `error`;
 * what `close` and `error` themselves throw goes to the hook.
 */
export interface HibernatableHandlers<A> {
  /** Before the upgrade is answered, and so before any message. */
  open?(socket: HibernatableSocket<A>): unknown
  message?(socket: HibernatableSocket<A>, message: WsMessage): unknown
  /** Once, whichever side closed: 1005 for an empty close, 1006 for a lost connection. */
  close?(socket: HibernatableSocket<A>, status: WsStatus): unknown
  /** Without it, the hook hears of a fault, and the socket closes with 1011. */
  error?(socket: HibernatableSocket<A>, error: Error): unknown
}
