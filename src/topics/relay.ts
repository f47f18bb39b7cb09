import { quote } from '../protocol/errors/quote.ts'
import { asError } from '../protocol/errors/thrown.ts'
import { attempt } from '../websocket/support/attempt.ts'
import type { WsMessage } from '../websocket/ws-message.ts'
import type { Broker } from './broker.ts'
import { BrokerSubscription } from './broker-subscription.ts'
import { Envelopes } from './envelopes.ts'

/** What a relay calls. */
export interface RelayOwner {
  /** Another process has published this. */
  deliver(topic: string, message: WsMessage): void
  report(error: Error): void
}

/** Joins topics to those of the same names in other processes, by way of a broker. */
export class Relay {
  readonly #broker: Broker
  readonly #owner: RelayOwner
  readonly #envelopes = new Envelopes()
  readonly #subscriptions = new Map<string, BrokerSubscription>()

  constructor(broker: Broker, owner: RelayOwner) {
    this.#broker = broker
    this.#owner = owner
  }

  publish(topic: string, message: WsMessage): void {
    attempt(
      () => this.#broker.publish(topic, this.#envelopes.seal(message)),
      () => {},
      (thrown) => this.#owner.report(asError(thrown)),
    )
  }

  /** Somebody has subscribed here. */
  join(topic: string): void {
    let subscription = this.#subscriptions.get(topic)
    if (subscription === undefined) {
      subscription = this.#subscription(topic)
      this.#subscriptions.set(topic, subscription)
    }
    subscription.want(true)
  }

  /** Nobody is subscribed here any more. */
  leave(topic: string): void {
    this.#subscriptions.get(topic)?.want(false)
  }

  #subscription(topic: string): BrokerSubscription {
    return new BrokerSubscription({
      subscribe: () => this.#broker.subscribe(topic, (payload) => this.#receive(topic, payload)),
      failed: (error) => this.#owner.report(error),
      idle: () => void this.#subscriptions.delete(topic),
    })
  }

  #receive(topic: string, payload: unknown): void {
    let message: WsMessage | undefined
    try {
      message = this.#envelopes.open(payload)
    } catch (cause) {
      const what = `what the broker delivered for the topic ${quote(topic)} is no message`
      this.#owner.report(new TypeError(`${what}: ${asError(cause).message}`, { cause }))
    }
    if (message !== undefined) this.#owner.deliver(topic, message)
  }
}
