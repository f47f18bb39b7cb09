import type { Websocket } from '../websocket/websocket.ts'
import type { WsConsumer } from '../websocket/ws-handler.ts'
import type { WsMessage } from '../websocket/ws-message.ts'
import type { WsStatus } from '../websocket/ws-status.ts'
import { hibernationOf } from './hibernation.ts'
import type { WorkersSocket } from './workers-engine.ts'
import type { DurableObjectState } from './workers-runtime.ts'

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

/** Options of `hibernatable`. */
export interface HibernatableOptions<A> extends HibernatableHandlers<A> {
  /** That of the object. */
  readonly state: DurableObjectState
  /** Where an object has several kinds of sockets: which these are. Sockets that sleep are found again by it. Default `''`. */
  readonly name?: string | undefined
}

/** A kind of hibernatable sockets. */
export interface Hibernatable<A> {
  /** The consumer for a socket that begins with this attachment. */
  (
    ...attachment: undefined extends A ? [attachment?: A] : [attachment: A]
  ): WsConsumer<DurableSocket>
  /** Those that are open, asleep or not. */
  sockets(): readonly HibernatableSocket<A>[]
}

/**
 * Sockets that stay open while their Durable Object is out of memory; a message wakes it. To be called when the object is
 * made, since it is made anew when it wakes. Such a socket cannot stand behind a `WsFilter`, whose listeners would be gone, nor
 * behind `connectionLimit`, `printTraffic` or `reportTransaction`, which have some.
 * Throws a `TypeError` for a name that the object has already.
 */
export function hibernatable<A = undefined>(options: HibernatableOptions<A>): Hibernatable<A> {
  const { state, name = '' } = options
  const hibernation = hibernationOf(state)
  hibernation.add(name, options)
  return Object.assign((attachment?: A) => hibernation.guest(name, attachment), {
    // What they have for attachments was given or assigned as one of this kind.
    sockets: () => hibernation.sockets(name) as readonly HibernatableSocket<A>[],
  })
}
