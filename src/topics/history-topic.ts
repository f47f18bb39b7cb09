import { once } from '../websocket/socket/listeners.ts'
import { wrongType } from '../websocket/support/check-function.ts'
import { amount } from '../websocket/support/option-checks.ts'
import { checkNames } from '../websocket/support/option-names.ts'
import type { WsMessage } from '../websocket/ws-message.ts'
import type { Archive } from './archive.ts'
import type { Hub } from './hub.ts'
import { memberOf } from './members.ts'
import { SUBSCRIBE_OPTIONS, type SubscribeOptions } from './subscribe-options.ts'
import { type Subscribable, subscriberOf } from './subscriber.ts'
import { excluded, NamedTopic, type PublishOptions, type Topic } from './topic.ts'

/**
 * Makes a message that carries its id. This has up to 40 digits and `-`, and no other process has the same. Those of one
 * topic compare as strings do, in the order of publishing, and are higher than those of a process that was started before.
 */
export type WithId<out In> = (id: string) => In

/** What `HistoryTopic.subscribe` returns: a function that unsubscribes. */
export interface Subscription {
  (): void
  /**
   * Whether the history reached back to `after`, so that the subscriber gets all that it has missed. `false` for an id of
   * another process, or of this one before a restart; without an `after`; and if it was subscribed already, or not open.
   */
  readonly recovered: boolean
  /**
   * Resolves once the subscriber was sent all that came before: what you send then comes behind it. To `false` if it left
   * before that, was subscribed already, or was not open. Never rejects.
   */
  readonly caughtUp: Promise<boolean>
  /** The `after` of a peer that knows everything that was published so far, such as one that is sent a snapshot. */
  readonly lastId: string
}

/** A topic that keeps the messages that are published with an id, so that subscribers can get what they have missed. */
export interface HistoryTopic<in In = WsMessage | string | Uint8Array> extends Topic<In> {
  /**
   * Subscribes as any topic does, and sends first what the subscriber has missed: nothing is lost in between, and nothing
   * comes twice. It is sent up to the peer's high-water mark, and at most 128 KiB at once; the rest no faster than the peer
   * takes it. What is published meanwhile waits behind it; past 16 MiB of that, the connection is closed with 1013. If a
   * filter throws, it is closed with 1011. Throws a `TypeError` for an unknown option or an `after` that is no string, and a
   * `RangeError` for an invalid `last`.
   */
  subscribe(subscriber: Subscribable, options?: SubscribeOptions): Subscription
  /**
   * Publishes what the function returns, and keeps it: `publish((id) => ({ id, text }))`. The function must not publish
   * with an id itself: that is a `TypeError`.
   */
  publish(message: WithId<In>, options?: PublishOptions): number
  /** Publishes as any topic does. The message is not kept: without an id, nobody could say whether they have it. */
  publish(message: In, options?: PublishOptions): number
}

export class NamedHistoryTopic<in In> extends NamedTopic<In> implements HistoryTopic<In> {
  readonly #hub: Hub
  readonly #archive: Archive
  readonly #name: string
  readonly #create: (value: In) => WsMessage

  constructor(hub: Hub, archive: Archive, name: string, create: (value: In) => WsMessage) {
    super(hub, name, create)
    this.#hub = hub
    this.#archive = archive
    this.#name = name
    this.#create = create
  }

  override subscribe(subscriber: Subscribable, options: SubscribeOptions = {}): Subscription {
    checkNames('subscribe()', options, SUBSCRIBE_OPTIONS)
    const last = amount('last', options.last, 0)
    const missed = this.#after(options.after)
    const member = memberOf(subscriberOf(subscriber))
    const { lastId } = this.#archive
    const joins = member.open && !this.has(subscriber)
    let caughtUp = Promise.resolve(false)
    if (joins) {
      caughtUp = this.#hub.resume(
        this.#name,
        member,
        missed ?? this.#archive.last(this.#name, last),
      )
      this.#archive.open(this.#name)
    }
    return Object.assign(
      once(() => this.#hub.leave(this.#name, member)),
      { recovered: joins && missed !== undefined, caughtUp, lastId },
    )
  }

  override publish(value: In | WithId<In>, options: PublishOptions = {}): number {
    if (!isWithId(value)) return super.publish(value, options)
    const except = excluded(options)
    const numbered = this.#archive.compose((id) => this.#create(value(id)))
    const keep = (): void => this.#archive.keep(this.#name, numbered)
    return this.#hub.publish(this.#name, numbered.message, except, keep)
  }

  #after(id: string | undefined): readonly WsMessage[] | undefined {
    if (id === undefined) return undefined
    if (typeof id !== 'string') throw wrongType(id, 'the option after has to be an id, a string')
    return this.#archive.after(this.#name, id)
  }
}

function isWithId<In>(value: In | WithId<In>): value is WithId<In> {
  return typeof value === 'function'
}
