import { once } from '../websocket/socket/listeners.ts'
import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'
import type { WsMessage } from '../websocket/ws-message.ts'
import { type Audience, NamedAudience } from './audience.ts'
import type { Hub } from './hub.ts'
import type { Member } from './member.ts'
import { knownMember, memberOf } from './members.ts'
import { type Subscribable, type Subscriber, subscriberOf } from './subscriber.ts'

/** Options of `Topic.publish`. */
export interface PublishOptions {
  /** A subscriber of this process that does not get the message, such as the one that it came from. */
  readonly except?: Subscribable | undefined
}

const PUBLISH_OPTIONS: OptionNames<PublishOptions> = { except: 0 }

/** Subscribers that get the same messages. */
export interface Topic<in In = WsMessage | string | Uint8Array> extends Audience {
  /**
   * Subscribes until the connection ends or the function that is returned is called. Does nothing if it is subscribed
   * already, or if the connection is closing or closed. Another view of the connection, such as the socket that a filter
   * got, is another subscriber; a typed view is the same as what it is a view of.
   */
  subscribe(subscriber: Subscribable): () => void
  /**
   * Sends one message to all that are subscribed now, encoded once, and never waits. Bytes are copied. Returns how many
   * subscribers of this process were given it, not how many will receive it: it leaves out those that are closing, those
   * that are closed because too much waits for them, and those whose `send` throws, which goes to `onError`. A socket that
   * reads too slowly is treated as its `slowConsumer` says; a session is closed with 1013 if more than 16 MiB of what was
   * published wait, each message counted with 1 KiB more than it has. Throws a `LensFailure` for a value that the lens
   * refuses.
   *
   * If it is called while another message is being published, as by a close listener of a subscriber that was too slow,
   * its message goes out after that one. It then returns how many are subscribed.
   */
  publish(message: In, options?: PublishOptions): number
}

/** A topic by its name. */
export class NamedTopic<in In> extends NamedAudience implements Topic<In> {
  readonly #hub: Hub
  readonly #name: string
  readonly #create: (value: In) => WsMessage

  constructor(hub: Hub, name: string, create: (value: In) => WsMessage) {
    super(hub, name)
    this.#hub = hub
    this.#name = name
    this.#create = create
  }

  subscribe(subscriber: Subscribable, options?: object): () => void {
    if (options !== undefined) {
      throw new TypeError('subscribe() has options only where the topic has the option history')
    }
    const member = memberOf(subscriberOf(subscriber))
    if (member.open) this.#hub.join(this.#name, member)
    return once(() => this.#hub.leave(this.#name, member))
  }

  publish(value: In, options: PublishOptions = {}): number {
    const except = excluded(options)
    return this.#hub.publish(this.#name, this.#create(value), except)
  }
}

/** The member that does not get what is published. Throws a `TypeError` for an unknown option. */
export function excluded(
  options: PublishOptions,
  find: (subscriber: Subscriber) => Member | undefined = knownMember,
): Member | undefined {
  checkNames('publish()', options, PUBLISH_OPTIONS)
  return options.except && find(subscriberOf(options.except))
}
