import type { MaybePromise } from '../websocket/support/maybe-promise.ts'
import { OutsideSubscription } from './outside-subscription.ts'

/** What subscriptions call. */
export interface SubscriptionsOwner {
  /** What `subscribe` has to return, for an error. */
  readonly need: string
  subscribe(topic: string): MaybePromise<() => unknown>
  report(error: Error, topic: string): void
}

/** The topics that are subscribed outside of this process, by name. */
export class OutsideSubscriptions {
  readonly #owner: SubscriptionsOwner
  readonly #subscriptions = new Map<string, OutsideSubscription>()

  constructor(owner: SubscriptionsOwner) {
    this.#owner = owner
  }

  /** Has it subscribed. If that failed before, it tries again. */
  join(topic: string): void {
    let subscription = this.#subscriptions.get(topic)
    if (subscription === undefined) {
      subscription = this.#subscription(topic)
      this.#subscriptions.set(topic, subscription)
    }
    subscription.want(true)
  }

  leave(topic: string): void {
    this.#subscriptions.get(topic)?.want(false)
  }

  #subscription(topic: string): OutsideSubscription {
    const owner = this.#owner
    return new OutsideSubscription({
      need: owner.need,
      subscribe: () => owner.subscribe(topic),
      failed: (error) => owner.report(error, topic),
      idle: () => void this.#subscriptions.delete(topic),
    })
  }
}
