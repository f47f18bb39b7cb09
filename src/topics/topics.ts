import { checkFunction, wrongType } from '../websocket/support/check-function.ts'
import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'
import type { WsMessage } from '../websocket/ws-message.ts'
import type { Archive } from './archive.ts'
import type { Broker } from './broker.ts'
import { archiveOf, HISTORY, type HistoryOptions } from './history-options.ts'
import { type HistoryTopic, NamedHistoryTopic } from './history-topic.ts'
import { Hub } from './hub.ts'
import { byLens, messageOf, type PublishingLens } from './publishing-lens.ts'
import { Relay } from './relay.ts'
import { reportTo } from './report.ts'
import type { Subscriber } from './subscriber.ts'
import { NamedTopic, type Topic } from './topic.ts'

/** Options of `topic`. */
export interface TopicOptions {
  /**
   * Called with what a filter around a subscriber throws, and with what goes wrong with a broker, then without a
   * subscriber. Default: `console.error`.
   */
  readonly onError?: ((error: Error, subscriber: Subscriber | undefined) => unknown) | undefined
}

/** Options of `topics`. */
export interface TopicsOptions extends TopicOptions {
  /** Passes on what is published to the topics of the same name in other processes. Default: there are none. */
  readonly broker?: Broker | undefined
}

/** What may be `undefined` is no lens: values would not be made into messages. */
interface NoLens {
  /** None: what is published is a message, text or bytes. */
  readonly message?: undefined
}

/** Has the messages kept that are published with an id. */
export interface KeepingHistory {
  readonly history: HistoryOptions
}

interface NoHistory {
  /** None is kept. */
  readonly history?: undefined
}

/** With a history: processes do not agree on one order. */
interface NoBroker {
  /** None: subscribers are those of this process. */
  readonly broker?: undefined
}

/** What overloads tell apart. */
type Kinds<In> = (PublishingLens<In> | NoLens) & (KeepingHistory | NoHistory)

/** Topics by name: `rooms('lobby')`. One that has no subscribers takes no memory. */
export interface Topics<in In = WsMessage | string | Uint8Array> {
  (name: string): Topic<In>
  /** The names of those that have subscribers in this process. */
  names(): string[]
}

/** Topics by name that keep a history. One takes memory while it has subscribers or messages that are kept, and a while after. */
export interface HistoryTopics<in In = WsMessage | string | Uint8Array> extends Topics<In> {
  (name: string): HistoryTopic<In>
}

/** What topics of all names share. */
interface TopicsParts {
  readonly hub: Hub
  readonly archive: Archive | undefined
}

const TOPIC_OPTIONS: OptionNames<TopicOptions & Kinds<never>> = {
  message: 0,
  history: HISTORY,
  onError: 0,
}
const TOPICS_OPTIONS: OptionNames<TopicsOptions & Kinds<never>> = { ...TOPIC_OPTIONS, broker: 0 }

// The last overload is the one that the compiler explains. It takes every option, and any lens: one that is made in place
// has no type yet when the compiler looks for a mistake.

/**
 * A topic of its own: `const news = topic()`, or with a lens, `topic({ message: Message.json(Move) })`. With the option
 * `history` it keeps messages, at the least `history: {}`.
 */
export function topic<In>(options: TopicOptions & PublishingLens<In> & NoHistory): Topic<In>
export function topic(options?: TopicOptions & NoLens & NoHistory): Topic
export function topic(options: TopicOptions & NoLens & KeepingHistory): HistoryTopic
export function topic<In = never>(
  options: TopicOptions & PublishingLens<In> & KeepingHistory,
): HistoryTopic<In>
export function topic<In>(options: TopicOptions & Kinds<In> = {}): Topic<In> | Topic {
  checkNames('topic()', options, TOPIC_OPTIONS)
  return named(options)('')
}

/**
 * Topics by name, each with a `history`, or joined to those of other processes by a `broker`. Throws a `TypeError` for
 * both at once, since processes do not agree on one order.
 */
export function topics<In>(options: TopicsOptions & PublishingLens<In> & NoHistory): Topics<In>
export function topics(options?: TopicsOptions & NoLens & NoHistory): Topics
export function topics(options: TopicOptions & NoLens & KeepingHistory & NoBroker): HistoryTopics
export function topics<In = never>(
  options: TopicOptions & PublishingLens<In> & KeepingHistory & NoBroker,
): HistoryTopics<In>
export function topics<In>(options: TopicsOptions & Kinds<In> = {}): Topics<In> | Topics {
  checkNames('topics()', options, TOPICS_OPTIONS)
  return named(options)
}

function named<In>({
  message,
  history,
  broker,
  onError,
}: TopicsOptions & Kinds<In>): Topics<In> | Topics {
  if (broker !== undefined) {
    checkFunction(broker.publish, 'a broker needs a function publish')
    checkFunction(broker.subscribe, 'a broker needs a function subscribe')
    if (history !== undefined) {
      throw new TypeError('topics() takes history or broker: processes do not agree on one order')
    }
  }
  const report = reportTo(onError)
  const deliver = (topic: string, message: WsMessage): void => hub.deliver(topic, message)
  const hub = new Hub(report, broker && new Relay(broker, { report, deliver }), history?.clock)
  const isSubscribed = (topic: string): boolean => hub.members(topic).size > 0
  const parts = { hub, archive: history && archiveOf(history, isSubscribed) }
  if (message === undefined) return byName(parts, messageOf)
  return byName(parts, byLens(message))
}

function byName<In>({ hub, archive }: TopicsParts, create: (value: In) => WsMessage): Topics<In> {
  const topicOf = (name: string): Topic<In> => {
    if (typeof name !== 'string') throw wrongType(name, 'a topic is named by a string')
    return archive === undefined
      ? new NamedTopic(hub, name, create)
      : new NamedHistoryTopic(hub, archive, name, create)
  }
  return Object.assign(topicOf, { names: () => hub.names() })
}
