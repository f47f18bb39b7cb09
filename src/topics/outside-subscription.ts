import { asError } from '../protocol/errors/thrown.ts'
import { checkFunction } from '../websocket/support/check-function.ts'
import type { MaybePromise } from '../websocket/support/maybe-promise.ts'

/** What a subscription calls. */
export interface SubscriptionOwner {
  /** What `subscribe` has to return, for an error. */
  readonly need: string
  subscribe(): MaybePromise<() => unknown>
  failed(error: Error): void
  /** It is not subscribed, and need not be. */
  idle(): void
}

/** Whether one topic is subscribed outside of this process: one step at a time, until it is as wanted. */
export class OutsideSubscription {
  readonly #owner: SubscriptionOwner
  #wanted = false
  #busy = false
  #unsubscribe: (() => unknown) | undefined

  constructor(owner: SubscriptionOwner) {
    this.#owner = owner
  }

  want(wanted: boolean): void {
    this.#wanted = wanted
    if (!this.#busy) void this.#settle()
  }

  async #settle(): Promise<void> {
    this.#busy = true
    while (this.#wanted !== (this.#unsubscribe !== undefined)) {
      try {
        await (this.#wanted ? this.#begin() : this.#end())
      } catch (thrown) {
        this.#owner.failed(asError(thrown))
      }
    }
    this.#busy = false
    if (!this.#wanted) this.#owner.idle()
  }

  async #begin(): Promise<void> {
    try {
      const unsubscribe = await this.#owner.subscribe()
      checkFunction(unsubscribe, this.#owner.need)
      this.#unsubscribe = unsubscribe
    } catch (thrown) {
      // Whoever wants it next tries again.
      this.#wanted = false
      throw thrown
    }
  }

  async #end(): Promise<void> {
    const unsubscribe = this.#unsubscribe
    this.#unsubscribe = undefined
    await unsubscribe?.()
  }
}
