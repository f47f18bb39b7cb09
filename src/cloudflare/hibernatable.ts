import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'
import type { WsConsumer } from '../websocket/ws-handler.ts'
import type {
  DurableSocket,
  HibernatableHandlers,
  HibernatableSocket,
} from './hibernatable-socket.ts'
import { hibernationOf } from './hibernation.ts'
import type { DurableObjectState } from './workers-runtime.ts'

/** Options of `hibernatable`. */
export interface HibernatableOptions<A> extends HibernatableHandlers<A> {
  /** That of the object. */
  readonly state: DurableObjectState
  /** Where an object has several kinds of sockets: which these are. Sockets that sleep are found again by it. Default `''`. */
  readonly name?: string | undefined
}

const HIBERNATABLE_OPTIONS: OptionNames<HibernatableOptions<unknown>> = {
  state: 0,
  name: 0,
  message: 0,
  open: 0,
  close: 0,
  error: 0,
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
 * behind `connectionLimit`, `openTelemetry`, `printTraffic` or `reportTransaction`, which have some.
 * Throws a `TypeError` for an unknown option or handler, and for a name that the object has already.
 */
export function hibernatable<A = undefined>(options: HibernatableOptions<A>): Hibernatable<A> {
  checkNames('hibernatable()', options, HIBERNATABLE_OPTIONS)
  const { state, name = '' } = options
  const hibernation = hibernationOf(state)
  hibernation.add(name, options)
  return Object.assign((attachment?: A) => hibernation.guest(name, attachment), {
    // What they have for attachments was given or assigned as one of this kind.
    sockets: () => hibernation.sockets(name) as readonly HibernatableSocket<A>[],
  })
}
