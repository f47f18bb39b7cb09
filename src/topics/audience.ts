import type { Hub } from './hub.ts'
import { knownMember } from './members.ts'
import { type Subscribable, type Subscriber, subscriberOf } from './subscriber.ts'

/** Who has subscribed to a topic, in this process. Iterating gives them, typed views as what they are views of. */
export interface Audience extends Iterable<Subscriber> {
  /** How many are subscribed. */
  readonly size: number
  /** Whether it is subscribed, by this view of its connection. */
  has(subscriber: Subscribable): boolean
  unsubscribe(subscriber: Subscribable): void
}

/** The audience of the topic of that name. It holds nothing itself: there may be several for one name. */
export class NamedAudience implements Audience {
  readonly #hub: Hub
  readonly #name: string

  constructor(hub: Hub, name: string) {
    this.#hub = hub
    this.#name = name
  }

  get size(): number {
    return this.#hub.members(this.#name).size
  }

  *[Symbol.iterator](): Generator<Subscriber, void, undefined> {
    for (const { subscriber } of this.#hub.members(this.#name).keys()) yield subscriber
  }

  has(subscriber: Subscribable): boolean {
    const member = knownMember(subscriberOf(subscriber))
    return member !== undefined && this.#hub.members(this.#name).has(member)
  }

  unsubscribe(subscriber: Subscribable): void {
    const member = knownMember(subscriberOf(subscriber))
    if (member !== undefined) this.#hub.leave(this.#name, member)
  }
}
