import { asError } from '../../protocol/errors/thrown.ts'
import { once } from '../../websocket/socket/listeners.ts'
import { wrongType } from '../../websocket/support/check-function.ts'
import { amount } from '../../websocket/support/option-checks.ts'
import { checkNames } from '../../websocket/support/option-names.ts'
import type { WsMessage } from '../../websocket/ws-message.ts'
import { type Audience, NamedAudience } from '../audience.ts'
import type { Hub } from '../hub.ts'
import { memberOf } from '../members.ts'
import type { Report } from '../report.ts'
import { SUBSCRIBE_OPTIONS, type SubscribeOptions } from '../subscribe-options.ts'
import { type Subscribable, subscriberOf } from '../subscriber.ts'
import { excluded, type PublishOptions } from '../topic.ts'
import { checkedEntries, checkedId, isId } from './checked-log.ts'
import type { EntryCodec } from './entry-codec.ts'
import { type Following, NOWHERE } from './following.ts'
import type { TopicLog } from './topic-log.ts'

/** What `SharedTopic.subscribe` returns: a function that unsubscribes. */
export interface SharedSubscription {
  (): void
  /**
   * Resolves once the log was read: to whether it reached back to `after`, so that the subscriber gets all that it has
   * missed. Resolves to `false` without an `after`, if the log no longer has that entry, if more was missed than the option
   * `replay` allows, if it has left meanwhile, and if it was subscribed already, or not open. It waits for a log that
   * fails, and never rejects.
   */
  readonly recovered: Promise<boolean>
  /**
   * Resolves once the subscriber was sent all that came before: what you send then comes behind it. To `false` if it left
   * before that, was subscribed already, or was not open. Never rejects.
   */
  readonly caughtUp: Promise<boolean>
}

/** A topic whose messages are the entries of a log: every process gives them to its subscribers, in the order of the log. */
export interface SharedTopic<in In = WsMessage | string | Uint8Array> extends Audience {
  /**
   * Subscribes until the connection ends or the function that is returned is called. Sends first what the subscriber has
   * missed: nothing is lost in between, and nothing comes twice. Does nothing if it is subscribed already, or if the
   * connection is closing or closed. Throws a `TypeError` for an unknown option or an `after` that is no string, and a
   * `RangeError` for an invalid `last`.
   */
  subscribe(subscriber: Subscribable, options?: SubscribeOptions): SharedSubscription
  /**
   * Adds one message to the log, from which the subscribers of every process get it, encoded once in each. Resolves to
   * its id once the log has it. Rejects if the log does; that goes to `onError`, too, so that not everybody has to look.
   * The log may have it nevertheless. Throws a `LensFailure` for a value that the lens refuses.
   */
  publish(message: In, options?: PublishOptions): Promise<string>
  /**
   * The `after` of a peer that knows everything that was published so far, such as one that will be sent a snapshot that is
   * taken now. `undefined` if the log has nothing: such a peer wants `last: Infinity`. Rejects if the log does.
   */
  lastId(): Promise<string | undefined>
}

/** What the topics of one log share. */
export interface SharedParts {
  readonly hub: Hub
  readonly log: TopicLog
  readonly following: Following
  readonly codec: EntryCodec
  readonly report: Report
}

export class NamedSharedTopic<in In> extends NamedAudience implements SharedTopic<In> {
  readonly #parts: SharedParts
  readonly #name: string
  readonly #create: (value: In) => WsMessage

  constructor(parts: SharedParts, name: string, create: (value: In) => WsMessage) {
    super(parts.hub, name)
    this.#parts = parts
    this.#name = name
    this.#create = create
  }

  subscribe(subscriber: Subscribable, options: SubscribeOptions = {}): SharedSubscription {
    checkNames('subscribe()', options, SUBSCRIBE_OPTIONS)
    const last = amount('last', options.last, 0)
    const after = knownId(options.after)
    const member = memberOf(subscriberOf(subscriber))
    const { hub, following } = this.#parts
    const joins = member.open && !this.has(subscriber)
    const arrival = joins
      ? following.enter(this.#name, member, after, last)
      : Promise.resolve(NOWHERE)
    return Object.assign(
      once(() => hub.leave(this.#name, member)),
      {
        recovered: arrival.then(({ recovered }) => recovered),
        caughtUp: arrival.then(({ caughtUp }) => caughtUp),
      },
    )
  }

  publish(value: In, options: PublishOptions = {}): Promise<string> {
    // It may subscribe later, and get what was published before.
    const except = excluded(options, memberOf)
    const payload = this.#parts.codec.seal(this.#create(value), except)
    const appended = this.#append(payload)
    // It was reported.
    appended.catch(() => {})
    return appended
  }

  async lastId(): Promise<string | undefined> {
    return checkedEntries('last', await this.#parts.log.last(this.#name, 1)).at(-1)?.id
  }

  async #append(payload: Uint8Array<ArrayBuffer>): Promise<string> {
    const { log, following, report } = this.#parts
    try {
      const id = checkedId(await log.append(this.#name, payload))
      following.wake(this.#name)
      return id
    } catch (thrown) {
      report(asError(thrown))
      throw thrown
    }
  }
}

/** `undefined` for what cannot be an id: peers send it. */
function knownId(after: string | undefined): string | undefined {
  if (after !== undefined && typeof after !== 'string') {
    throw wrongType(after, 'the option after has to be an id, a string')
  }
  return isId(after) ? after : undefined
}
