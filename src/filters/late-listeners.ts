import type { Passing } from './passing.ts'

/** One registration of a listener. */
export interface Registration {
  fn(item: Passing): unknown
}

/** How many listeners have yet to get an item, and whether one of them has heard it. */
interface Delivery {
  left: number
  heard: boolean
}

/**
 * The listeners of one socket, for items that are delivered late. One that has been removed by then hears nothing. If no
 * other one has heard the item, it goes to those that listen now, or waits for the next one: nothing is lost.
 */
export class LateListeners {
  readonly #listening = new Set<Registration>()
  readonly #deliveries = new WeakMap<Passing, Delivery>()
  /** Deliveries that wait for a listener, in order. */
  #waiting: (() => void)[] = []

  get size(): number {
    return this.#listening.size
  }

  add(listener: Registration): void {
    this.#listening.add(listener)
    if (this.#waiting.length > 0) queueMicrotask(() => this.#release())
  }

  remove(listener: Registration): void {
    this.#listening.delete(listener)
  }

  /** Has `course` deliver an item to a listener that was there when the item came. */
  deliverBy(
    course: (deliver: () => unknown) => unknown,
    listener: Registration,
    item: Passing,
  ): unknown {
    const delivery = this.#deliveryOf(item)
    let late = false
    delivery.left++
    const answer = course(() => {
      delivery.left--
      if ((!late || this.#listening.has(listener)) && this.#waiting.length === 0) {
        delivery.heard = true
        return listener.fn(item)
      }
      return delivery.heard || delivery.left > 0 ? undefined : this.#redirect(item)
    })
    late = true
    return answer
  }

  #deliveryOf(item: Passing): Delivery {
    let delivery = this.#deliveries.get(item)
    if (delivery === undefined) {
      delivery = { left: 0, heard: false }
      this.#deliveries.set(item, delivery)
    }
    return delivery
  }

  /** Delivers an item to those that listen now, behind what waits. */
  #redirect(item: Passing): unknown {
    if (this.#listening.size > 0 && this.#waiting.length === 0) return this.#tell(item)
    return new Promise((resolve) => {
      this.#waiting.push(() => resolve(this.#tell(item)))
    })
  }

  #release(): void {
    while (this.#listening.size > 0 && this.#waiting.length > 0) this.#waiting.shift()!()
  }

  #tell(item: Passing): Promise<unknown> {
    // Asynchronous, so that a listener that throws does not keep it from the others.
    return Promise.all([...this.#listening].map(async ({ fn }) => fn(item)))
  }
}
