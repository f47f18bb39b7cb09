import { checkFunction, wrongType } from '../../websocket/support/check-function.ts'
import { type Clock, systemClock } from '../../websocket/support/clock.ts'
import { amount, duration, wrongValue } from '../../websocket/support/option-checks.ts'
import { checkNames, type OptionNames } from '../../websocket/support/option-names.ts'
import type { WsMessage } from '../../websocket/ws-message.ts'
import { Hub } from '../hub.ts'
import { byLens, messageOf, type PublishingLens } from '../publishing-lens.ts'
import { reportTo } from '../report.ts'
import type { TopicOptions } from '../topics.ts'
import { EntryCodec } from './entry-codec.ts'
import { Following } from './following.ts'
import { NamedSharedTopic, type SharedParts, type SharedTopic } from './shared-topic.ts'
import type { TopicLog } from './topic-log.ts'

/** The option `replay`: what a subscriber is sent of what it has missed. If it has missed more, it gets none of it. */
export interface ReplayOptions {
  /** How many messages. Default 1,000. */
  readonly messages?: number | undefined
  /** How many bytes the contents of all of them have. Default 1 MiB. */
  readonly bytes?: number | undefined
}

/** Options of `sharedTopics`. */
export interface SharedTopicsOptions extends TopicOptions {
  /** Where the messages are. */
  readonly log: TopicLog
  /**
   * Makes what is sent of what was published, so that peers know the id: `(id, message) => ...`. Called once for each entry
   * in each process, and again for those who come back; what it throws goes to `onError`, and nobody gets the message.
   * Default: what was published is sent.
   */
  readonly withId?:
    | ((id: string, message: WsMessage) => WsMessage | string | Uint8Array)
    | undefined
  /** What a subscriber is sent at most of what it has missed. */
  readonly replay?: ReplayOptions | undefined
  /** How often the log of a topic with subscribers is read if nothing else is heard of it, in milliseconds. Default 5 s. */
  readonly poll?: number | undefined
  /** What time is measured by. Default: the clock of the system. */
  readonly clock?: Clock | undefined
}

/** What may be `undefined` is no lens: values would not be made into messages. */
interface NoLens {
  /** None: what is published is a message, text or bytes. */
  readonly message?: undefined
}

/** Topics by name, whose messages are in a log. One that has no subscribers here takes no memory here. */
export interface SharedTopics<in In = WsMessage | string | Uint8Array> {
  (name: string): SharedTopic<In>
  /** The names of those that have subscribers in this process. */
  names(): string[]
}

const OPTIONS: OptionNames<SharedTopicsOptions & (PublishingLens<never> | NoLens)> = {
  log: undefined,
  message: undefined,
  withId: undefined,
  replay: { messages: 0, bytes: 0 } satisfies OptionNames<ReplayOptions>,
  poll: undefined,
  clock: undefined,
  onError: undefined,
}

/**
 * Topics whose messages go through a log that several processes share: all of them deliver in its order, and those who
 * come back get what they have missed, from any process, also after a restart. Throws a `TypeError` or a `RangeError`
 * for an invalid option.
 */
export function sharedTopics(options: SharedTopicsOptions & NoLens): SharedTopics
export function sharedTopics<In = never>(
  options: SharedTopicsOptions & PublishingLens<In>,
): SharedTopics<In>
export function sharedTopics<In>(
  options: SharedTopicsOptions & (PublishingLens<In> | NoLens),
): SharedTopics<In> | SharedTopics {
  checkNames('sharedTopics()', options, OPTIONS)
  const { log, withId, message } = options
  for (const name of ['append', 'read', 'last'] as const) {
    checkFunction(log?.[name], `the option log needs a function ${name}`)
  }
  if (log.watch !== undefined) checkFunction(log.watch, 'watch of a log has to be a function')
  if (withId !== undefined) checkFunction(withId, 'the option withId has to be a function')
  const parts = partsOf(options)
  return message === undefined ? byName(parts, messageOf) : byName(parts, byLens(message))
}

function partsOf(options: SharedTopicsOptions): SharedParts {
  const { log, replay = {}, clock = systemClock } = options
  const poll = duration('poll', options.poll, 5_000)
  if (poll < 1) throw wrongValue('poll', poll, '1 ms or more')
  const bounds = {
    messages: amount('replay.messages', replay.messages, 1_000),
    bytes: amount('replay.bytes', replay.bytes, 1024 * 1024),
    age: Number.POSITIVE_INFINITY,
  }
  const report = reportTo(options.onError)
  const codec = new EntryCodec(options.withId, report)
  const following = new Following({
    log,
    codec,
    report,
    clock,
    bounds,
    poll,
    hub: () => hub,
  })
  const hub: Hub = new Hub(report, following, clock)
  return { hub, log, following, codec, report }
}

function byName<In>(parts: SharedParts, create: (value: In) => WsMessage): SharedTopics<In> {
  const topicOf = (name: string): SharedTopic<In> => {
    if (typeof name !== 'string') throw wrongType(name, 'a topic is named by a string')
    return new NamedSharedTopic(parts, name, create)
  }
  return Object.assign(topicOf, { names: () => parts.hub.names() })
}
