import type { DurableObjectHandlers } from '../../cloudflare/durable-object.ts'
import { hibernationOf } from '../../cloudflare/hibernation.ts'
import {
  type DurableObjectState,
  type OpeningPair,
  simulatePairs,
  type WorkersWebSocket,
} from '../../cloudflare/workers-runtime.ts'
import type { MessageCore } from '../../websocket/whole-messages/message-core.ts'
import { ObjectSocket } from './object-socket.ts'
import { ObjectWire } from './object-wire.ts'

const OPEN = 1

/** The wires of an object, which outlive its sleep. */
export interface ObjectWires {
  /** Those that were accepted to sleep, and are open. */
  readonly sleepers: Set<ObjectWire>
  /** By the response that opens each: only Workers can make one with 101. */
  readonly opening: WeakMap<Response, ObjectWire>
}

/** A Durable Object while it is in memory. */
export class AwakeObject {
  readonly handlers: DurableObjectHandlers
  /** True once a callback of `blockConcurrencyWhile` has failed: Workers give up such an object. */
  broken = false
  readonly #wires: ObjectWires
  readonly #state: DurableObjectState
  readonly #sockets = new Map<ObjectWire, ObjectSocket>()
  readonly #accepted = new Map<WorkersWebSocket, ObjectWire>()
  /** The cores of plain sockets, which cannot sleep. */
  readonly #plain = new Map<ObjectWire, MessageCore>()
  /** Settles when the object may be called. */
  #gate: Promise<unknown> = Promise.resolve()

  constructor(make: (state: DurableObjectState) => DurableObjectHandlers, wires: ObjectWires) {
    this.#wires = wires
    const state: DurableObjectState = {
      blockConcurrencyWhile: (callback) => this.#blockWhile(callback),
      acceptWebSocket: (socket, tags = []) => this.#accept(socket, tags),
      getWebSockets: (tag) =>
        [...wires.sleepers]
          .filter(({ tags }) => tag === undefined || tags?.includes(tag))
          .map((wire) => this.socketOf(wire)),
    }
    this.#state = state
    simulatePairs(state, (headers) => this.#open(headers))
    this.handlers = make(state)
  }

  /** Whether sockets that cannot sleep are open. */
  get keptAwake(): boolean {
    return [...this.#sockets.keys()].some(({ plain, readyState }) => plain && readyState === OPEN)
  }

  /** Calls the object when it may be called. Rejects if it could not be made. */
  async call<R>(fn: (handlers: DurableObjectHandlers) => Promise<R>): Promise<R> {
    await this.#gate
    return await fn(this.handlers)
  }

  socketOf(wire: ObjectWire): ObjectSocket {
    const socket = this.#sockets.get(wire) ?? new ObjectSocket(wire)
    this.#sockets.set(wire, socket)
    this.#accepted.set(socket, wire)
    return socket
  }

  /** Gives a socket an error, as if one of its handlers had thrown it. */
  async fault(wire: ObjectWire, error: Error): Promise<void> {
    const plain = this.#plain.get(wire)
    if (plain !== undefined) plain.fault(error)
    else await hibernationOf(this.#state).tell(this.socketOf(wire), (core) => core.fault(error))
  }

  /** Cuts it off: whatever it still does reaches nobody. */
  forget(): void {
    for (const socket of this.#sockets.values()) socket.forget()
  }

  #blockWhile<T>(callback: () => Promise<T>): Promise<T> {
    const done = callback()
    // A class may block more than once.
    this.#gate = Promise.all([this.#gate, done])
    // Whoever calls the object gets the error.
    this.#gate.catch(() => {
      this.broken = true
    })
    return done
  }

  #open(headers: Headers): OpeningPair {
    const wire = new ObjectWire()
    const response = new Response(null, { headers })
    this.#wires.opening.set(response, wire)
    return {
      response,
      server: this.socketOf(wire),
      opened: (core) => this.#plain.set(wire, core),
    }
  }

  #accept(socket: WorkersWebSocket, tags: readonly string[]): void {
    const wire = this.#accepted.get(socket)
    if (wire === undefined) throw new TypeError('the socket is not one of this object')
    wire.tags = tags
    this.#wires.sleepers.add(wire)
  }
}
