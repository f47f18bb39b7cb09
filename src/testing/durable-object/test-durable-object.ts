import type { DurableObjectHandlers } from '../../cloudflare/durable-object.ts'
import { LARGEST_MESSAGE } from '../../cloudflare/workers-engine.ts'
import type { DurableObjectState } from '../../cloudflare/workers-runtime.ts'
import type { PolyHandler } from '../../routing/poly-handler.ts'
import { accept } from '../../websocket/accept.ts'
import type { FrameSocket } from '../../websocket/frame-socket.ts'
import { checkNames, type OptionNames } from '../../websocket/support/option-names.ts'
import type { WsHandler, WsResponse } from '../../websocket/ws-handler.ts'
import { openedBy, openWith } from '../offline/opening-response.ts'
import { AwakeObject, type ObjectWires } from './awake-object.ts'
import type { ObjectWire, WireListener } from './object-wire.ts'

/** Options of `testDurableObject`. */
export interface TestObjectOptions<Env, State extends DurableObjectState> {
  /** The bindings. */
  readonly env?: Env | undefined
  /** What the object uses of its state besides its WebSockets, such as `storage`: the same after each sleep. */
  readonly state?: Partial<Omit<State, keyof DurableObjectState>> | undefined
}

const TEST_OBJECT_OPTIONS: OptionNames<TestObjectOptions<unknown, DurableObjectState>> = {
  env: 0,
  state: 0,
}

/**
 * A Durable Object in memory. It is an application, for whatever takes one: `testWsClient(room, '/rooms/tea')`. In the
 * bindings of a Worker in front it is its own stub: `{ getByName: () => room }`.
 */
export interface TestDurableObject extends PolyHandler<FrameSocket> {
  /** As a stub has it. Offline, a response that opens a socket may be passed on, as it is, by the application in front. */
  fetch(request: Request): Promise<Response>
  readonly http: (request: Request) => Promise<Response>
  readonly ws: WsHandler<FrameSocket>
  /**
   * Puts the object out of memory once it is idle, as Workers do after ten seconds: whatever comes next makes it anew. The
   * sockets of `hibernatable` stay open, with their attachments; what closures held is gone. Rejects with a `TypeError`
   * while a plain socket is open, which would keep it in memory.
   */
  sleep(): Promise<void>
}

/**
 * An object of a class that `durableObject` made, or one around it, without Workers. Its sockets are those of the offline
 * client: they answer Pings while the object sleeps, and protocol errors are found before it hears of them. Throws a
 * `TypeError` for an unknown option.
 */
export function testDurableObject<Env, State extends DurableObjectState>(
  Class: new (state: State, env: Env) => DurableObjectHandlers,
  options: TestObjectOptions<Env, State> = {},
): TestDurableObject {
  checkNames('testDurableObject()', options, TEST_OBJECT_OPTIONS)
  const { env, state } = options
  // The caller gives whatever the class needs of either.
  const make = (own: DurableObjectState): DurableObjectHandlers =>
    new Class(Object.assign(own, state) as State, env as Env)
  const host = new ObjectHost(make)
  return {
    fetch: (request) => host.fetch(request),
    http: (request) => host.fetch(request),
    ws: async (request) => openedBy(await host.fetch(request.raw)),
    sleep: () => host.sleep(),
  }
}

/** Does for an object what Workers do. */
class ObjectHost implements WireListener {
  readonly #make: (state: DurableObjectState) => DurableObjectHandlers
  readonly #wires: ObjectWires = { sleepers: new Set(), opening: new WeakMap() }
  readonly #calls = new Set<Promise<unknown>>()
  #object: AwakeObject | undefined

  constructor(make: (state: DurableObjectState) => DurableObjectHandlers) {
    this.#make = make
  }

  async fetch(request: Request): Promise<Response> {
    const response = await this.#call((handlers) => handlers.fetch(request))
    const wire = this.#wires.opening.get(response)
    if (wire !== undefined) openWith(response, this.#socketOn(wire, response.headers))
    return response
  }

  async sleep(): Promise<void> {
    while (this.#calls.size > 0) await Promise.allSettled(this.#calls)
    if (this.#object?.keptAwake === true) {
      throw new TypeError(
        'the object has plain sockets, which keep it in memory: close them before it is to sleep',
      )
    }
    this.#object?.forget()
    this.#object = undefined
  }

  #socketOn(wire: ObjectWire, sent: Headers): WsResponse<FrameSocket> {
    const protocol = sent.get('sec-websocket-protocol')
    return accept<FrameSocket>((socket) => wire.join(socket, this), {
      ...(protocol !== null && { protocol }),
      headers: [...sent].filter(([name]) => name !== 'sec-websocket-protocol'),
      // The object bounds what waits.
      limits: { maxMessageSize: LARGEST_MESSAGE, maxBufferedAmount: Number.POSITIVE_INFINITY },
      // The object has checked it.
      origin: 'any',
    })
  }

  // Called by wires

  message(wire: ObjectWire, data: string | ArrayBuffer): void {
    this.#tell(
      wire,
      (object) => object.socketOf(wire).dispatch('message', { data }),
      (handlers, object) => handlers.webSocketMessage(object.socketOf(wire), data),
    )
  }

  close(wire: ObjectWire, code: number, reason: string, wasClean: boolean): void {
    this.#tell(
      wire,
      (object) => object.socketOf(wire).dispatch('close', { code, reason, wasClean }),
      (handlers, object) => handlers.webSocketClose(object.socketOf(wire), code, reason, wasClean),
    )
    this.#wires.sleepers.delete(wire)
  }

  error(wire: ObjectWire, error: Error): void {
    this.#tell(
      wire,
      (object) => object.socketOf(wire).dispatch('error', { error }),
      (handlers, object) => handlers.webSocketError(object.socketOf(wire), error),
    )
    this.#wires.sleepers.delete(wire)
  }

  fault(wire: ObjectWire, error: Error): void {
    this.#tell(
      wire,
      (object) => void object.fault(wire, error),
      (_, object) => object.fault(wire, error),
    )
  }

  #tell(
    wire: ObjectWire,
    plain: (object: AwakeObject) => void,
    sleeper: (handlers: DurableObjectHandlers, object: AwakeObject) => Promise<void>,
  ): void {
    if (wire.plain) plain(this.#awake())
    else this.#call(sleeper).catch(() => wire.terminate())
  }

  #awake(): AwakeObject {
    this.#object ??= new AwakeObject(this.#make, this.#wires)
    return this.#object
  }

  /** Calls the object, in order, and wakes it. If it could not be made, it is made anew for the next call. */
  #call<R>(fn: (handlers: DurableObjectHandlers, object: AwakeObject) => Promise<R>): Promise<R> {
    const object = this.#awake()
    const called = object.call((handlers) => fn(handlers, object))
    this.#calls.add(called)
    const done = (): void => {
      this.#calls.delete(called)
    }
    called.then(done, () => {
      done()
      if (this.#object === object && object.broken) this.#object = undefined
    })
    return called
  }
}
