import type { FetchSettings } from '../serving/fetch-engine.ts'
import type { TakenUpgrade } from '../serving/fetch-upgrade.ts'
import { NotSupportedException } from '../websocket/errors.ts'
import type { MessageCore } from '../websocket/whole-messages/message-core.ts'
import type { WsConsumer } from '../websocket/ws-handler.ts'
import { type Kept, keep, keptOf } from './attachment.ts'
import { AwakeSocket } from './awake-socket.ts'
import type { DurableSocket, HibernatableHandlers } from './hibernatable-socket.ts'
import {
  type DurableObjectState,
  type OpenPair,
  pairsOf,
  type WorkersWebSocket,
} from './workers-runtime.ts'

const OPEN = 1

const hibernations = new WeakMap<DurableObjectState, Hibernation>()

/** The hibernation of a Durable Object. Throws a `TypeError` for the state of one that `durableObject` did not make. */
export function hibernationOf(state: DurableObjectState): Hibernation {
  const hibernation = hibernations.get(state)
  if (hibernation !== undefined) return hibernation
  throw new TypeError('hibernatable() needs the state that durableObject() gives to its function')
}

/** The hibernatable sockets of one Durable Object, from when it is made or wakes until it sleeps. */
export class Hibernation {
  /** How connections are opened here. */
  readonly openPair: OpenPair
  readonly #state: DurableObjectState
  readonly #settings: FetchSettings
  readonly #kinds = new Map<string, HibernatableHandlers<unknown>>()
  readonly #guests = new WeakMap<WsConsumer<never>, Pick<Kept, 'kind' | 'attachment'>>()
  readonly #awake = new WeakMap<WorkersWebSocket, AwakeSocket>()

  constructor(state: DurableObjectState, settings: FetchSettings) {
    this.openPair = pairsOf(state)
    this.#state = state
    this.#settings = settings
    hibernations.set(state, this)
  }

  /** Throws a `TypeError` for a name that is taken. */
  add(kind: string, handlers: HibernatableHandlers<unknown>): void {
    if (this.#kinds.has(kind)) {
      throw new TypeError(
        `the object has hibernatable sockets of the name '${kind}' already: give each kind its own, and make it when the object is made`,
      )
    }
    this.#kinds.set(kind, handlers)
  }

  /** The consumer for a socket of a kind. */
  guest(kind: string, attachment: unknown): WsConsumer<DurableSocket> {
    const consumer = (): never => {
      throw new NotSupportedException(
        'cloudflare lets a hibernatable socket sleep only in the Durable Object that it was made for, and behind no filter that looks at it: no WsFilter, connectionLimit, openTelemetry, printTraffic or reportTransaction',
      )
    }
    this.#guests.set(consumer, { kind, attachment })
    return consumer
  }

  /** The open sockets of a kind. */
  sockets(kind: string): readonly AwakeSocket[] {
    return this.#state
      .getWebSockets(kind)
      .filter(({ readyState }) => readyState === OPEN)
      .flatMap((native) => this.#socketOf(native) ?? [])
  }

  /** Takes an upgrade whose consumer is a `guest`; else `undefined`. Rejects if its attachment cannot be kept. */
  async take({ accepted, headers }: TakenUpgrade): Promise<Response | undefined> {
    const guest = this.#guests.get(accepted.consumer)
    if (guest === undefined) return undefined
    const { protocol, maxBufferedAmount, slowConsumer } = accepted
    const { url, params } = accepted.request
    const { maxMessageSize } = accepted.limits
    const limits = { maxMessageSize, maxBufferedAmount, slowConsumer }
    const kept: Kept = { ...guest, url, params, protocol, limits, over: false }
    const { response, server } = this.openPair(headers)
    keep(server, kept)
    this.#state.acceptWebSocket(server, [kept.kind])
    await this.#awaken(server, kept)?.opened()
    return response
  }

  /** Reports an event to a socket that is not over. Resolves when its handlers are done: until then the object is awake. */
  async tell(native: WorkersWebSocket, event: (core: MessageCore) => void): Promise<void> {
    const socket = this.#socketOf(native)
    if (socket === undefined) return
    event(socket.core)
    await socket.idle()
  }

  /** The socket over a native one, which may have slept; `undefined` if it is over. One without handlers is closed. */
  #socketOf(native: WorkersWebSocket): AwakeSocket | undefined {
    const awake = this.#awake.get(native)
    if (awake !== undefined) return awake
    const kept = keptOf(native)
    if (kept?.over === true) return undefined
    const woken = kept && this.#awaken(native, kept)
    // Its consumer is done: it was opened before it slept.
    woken?.core.settle()
    if (woken === undefined) this.#disown(native, kept)
    return woken
  }

  #awaken(native: WorkersWebSocket, kept: Kept): AwakeSocket | undefined {
    const handlers = this.#kinds.get(kept.kind)
    if (handlers === undefined) return undefined
    const socket = new AwakeSocket(native, kept, handlers, this.#settings)
    this.#awake.set(native, socket)
    return socket
  }

  /** Closes a socket without handlers, and reports that once as a fault of the application, whatever the peer still sends. */
  #disown(native: WorkersWebSocket, kept: Kept | undefined): void {
    const name =
      kept === undefined ? 'it was accepted by somebody else' : `of the name '${kept.kind}'`
    const error = new TypeError(
      `a hibernatable socket woke, and there are no handlers for it: ${name}`,
    )
    if (native.readyState === OPEN) this.#settings.onError(error, undefined)
    native.close(1011, 'Internal error')
  }
}
