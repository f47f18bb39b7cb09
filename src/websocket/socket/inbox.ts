import { asError } from '../../protocol/errors/thrown.ts'
import { OverflowException } from '../errors.ts'
import { Fifo } from '../support/fifo.ts'
import { isPromiseLike } from '../support/maybe-promise.ts'
import type { InboundGauge } from './inbound-gauge.ts'
import { eachListener, type Listeners, once, withListener, withoutListener } from './listeners.ts'
import type { SocketEvents } from './socket-events.ts'

/** What an inbox asks of its socket. */
export interface InboxOwner {
  readonly events: Pick<SocketEvents, 'report'>
  /** Counts what is held, and what listeners work on. */
  readonly gauge: InboundGauge
  /** The gauge has changed: reading may have to stop, or may go on. */
  regulate(): void
  /** A listener threw or rejected. False if that ends the socket. */
  fault(error: Error): boolean
  /** True once the consumer is done setting listeners. */
  readonly settled: boolean
}

type Listener<T> = (item: T) => unknown

function ignore(): void {}

/** Delivers what comes in to listeners, in order, and holds it until there is one. Both count against the mark. */
export class Inbox<T> {
  /** How many items found no listener when they came. */
  unheard = 0
  readonly #owner: InboxOwner
  readonly #sizeOf: (item: T) => number
  #listeners: Listeners<Listener<T>>
  #held: Fifo<T> | undefined
  /** Told once, or a peer could fill the log of a server that only sends. */
  #told: boolean | undefined

  constructor(owner: InboxOwner, sizeOf: (item: T) => number) {
    this.#owner = owner
    this.#sizeOf = sizeOf
  }

  deliver(item: T): void {
    const listeners = this.#listeners
    if (listeners === undefined || this.#held !== undefined) this.#hold(item)
    else if (typeof listeners === 'function') this.#call(listeners, item)
    else for (const listener of listeners) this.#call(listener, item)
  }

  /** Adds a listener; the first one gets what was held, in a microtask. */
  listen(listener: Listener<T>): () => void {
    this.#listeners = withListener(this.#listeners, listener)
    if (this.#held !== undefined) queueMicrotask(() => this.#release())
    return once(() => {
      this.#listeners = withoutListener(this.#listeners, listener)
    })
  }

  /** Calls `fn` at once or, if a listener is about to get what is held, after that. */
  behind(fn: () => void): void {
    if (this.#held !== undefined && this.#listeners !== undefined) queueMicrotask(fn)
    else fn()
  }

  /** The consumer is done setting listeners: if there is none, and too much is held, that is dropped. */
  settle(): void {
    if (this.#listeners === undefined && this.#owner.gauge.over) this.#drop()
  }

  #hold(item: T): void {
    this.#held ??= new Fifo()
    this.#held.push(item)
    this.unheard++
    this.#owner.gauge.add(this.#sizeOf(item))
    if (this.#owner.settled) this.settle()
    this.#owner.regulate()
  }

  #release(): void {
    // `#held` stays set until the last item is delivered, so that what arrives meanwhile comes after it. A listener may
    // remove itself.
    while (this.#held !== undefined && this.#listeners !== undefined) {
      const item = this.#held.shift()
      if (item === undefined) {
        this.#held = undefined
        break
      }
      this.#owner.gauge.remove(this.#sizeOf(item))
      for (const listener of eachListener(this.#listeners)) this.#call(listener, item)
    }
    this.#owner.regulate()
  }

  #drop(): void {
    const dropped = this.#held?.clear()
    if (dropped === undefined) return
    this.#held = undefined
    for (const item of dropped) this.#owner.gauge.remove(this.#sizeOf(item))
    this.#owner.regulate()
    if (this.#told) return
    this.#told = true
    const why = `${dropped.length} messages were dropped: no listener was set`
    this.#owner.events.report(new OverflowException(why))
  }

  #call(listener: Listener<T>, item: T): void {
    try {
      const result = listener(item)
      // Even this look may throw: a proxy can.
      if (isPromiseLike(result)) this.#track(listener, result, this.#sizeOf(item))
    } catch (thrown) {
      this.#fail(listener, thrown)
    }
  }

  #fail(listener: Listener<T>, thrown: unknown): void {
    if (this.#owner.fault(asError(thrown))) return
    // Or a peer that ignores the Close could have each further message reported. Others still get what comes.
    this.#listeners = withoutListener(this.#listeners, listener) ?? ignore
  }

  #track(listener: Listener<T>, result: PromiseLike<unknown>, size: number): void {
    const { gauge } = this.#owner
    // Settles once, whatever a thenable does. Even this may throw.
    const settled = Promise.resolve(result)
    const settle = (): void => {
      gauge.remove(size)
      this.#owner.regulate()
    }
    gauge.add(size)
    this.#owner.regulate()
    settled.then(settle, (reason: unknown) => {
      settle()
      this.#fail(listener, reason)
    })
  }
}

/** The size of messages and frames. */
export const byteLengthOf = (item: { readonly byteLength: number }): number => item.byteLength
