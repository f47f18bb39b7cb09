import { quote } from '../protocol/errors/quote.ts'
import { asError } from '../protocol/errors/thrown.ts'
import { attempt } from '../websocket/support/attempt.ts'
import type { WsMessage } from '../websocket/ws-message.ts'
import type { Broker } from './broker.ts'
import { markOf, newMark, opened, sealed } from './envelope.ts'
import type { Outside } from './hub.ts'
import { OutsideSubscriptions } from './outside-subscriptions.ts'

/** What a relay calls. */
export interface RelayOwner {
  /** Another process has published this. */
  deliver(topic: string, message: WsMessage): void
  report(error: Error): void
}

/** Joins topics to those of the same names in other processes, by way of a broker. */
export class Relay implements Outside {
  readonly #broker: Broker
  readonly #owner: RelayOwner
  readonly #subscriptions: OutsideSubscriptions
  /** Tells who sent a payload. Made when first needed: Workers have no random numbers before there is a request. */
  #mark: Uint8Array | undefined

  constructor(broker: Broker, owner: RelayOwner) {
    this.#broker = broker
    this.#owner = owner
    this.#subscriptions = new OutsideSubscriptions({
      need: 'subscribe of a broker has to return a function that unsubscribes',
      subscribe: (topic) => broker.subscribe(topic, (payload) => this.#receive(topic, payload)),
      report: (error) => owner.report(error),
    })
  }

  publish(topic: string, message: WsMessage): void {
    attempt(
      () => this.#broker.publish(topic, sealed(message, this.#own)),
      () => {},
      (thrown) => this.#owner.report(asError(thrown)),
    )
  }

  join(topic: string): void {
    this.#subscriptions.join(topic)
  }

  leave(topic: string): void {
    this.#subscriptions.leave(topic)
  }

  get #own(): Uint8Array {
    this.#mark ??= newMark()
    return this.#mark
  }

  #receive(topic: string, payload: Uint8Array): void {
    let message: WsMessage
    try {
      const mark = markOf(payload)
      if (this.#own.every((byte, i) => byte === mark[i])) return
      message = opened(payload)
    } catch (cause) {
      const what = `what the broker delivered for the topic ${quote(topic)} is no message`
      this.#owner.report(new TypeError(`${what}: ${asError(cause).message}`, { cause }))
      return
    }
    this.#owner.deliver(topic, message)
  }
}
