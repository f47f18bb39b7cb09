import type { Lens } from '../lens/lens.ts'
import { checkFunction, wrongType } from '../websocket/support/check-function.ts'
import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'
import { WsMessage } from '../websocket/ws-message.ts'
import type { Broker } from './broker.ts'
import { Hub } from './hub.ts'
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

/** Has what is published made into a message by a lens. */
export interface PublishingLens<in In> {
  readonly message: Pick<Lens<WsMessage, unknown, In>, 'create'>
}

/** What may be `undefined` is no lens: values would not be made into messages. */
interface NoLens {
  readonly message?: undefined
}

/** Topics by name: `rooms('lobby')`. One that has no subscribers takes no memory. */
export interface Topics<in In = WsMessage | string | Uint8Array> {
  (name: string): Topic<In>
  /** The names of those that have subscribers in this process. */
  names(): string[]
}

const TOPIC_OPTIONS: OptionNames<TopicOptions & NoLens> = { message: 0, onError: 0 }
const TOPICS_OPTIONS: OptionNames<TopicsOptions & NoLens> = { ...TOPIC_OPTIONS, broker: 0 }

/** A topic of its own: `const news = topic()`, or with a lens, `topic({ message: Message.json(Move) })`. */
export function topic<In>(options: TopicOptions & PublishingLens<In>): Topic<In>
export function topic(options?: TopicOptions & NoLens): Topic
export function topic<In>(
  options: TopicOptions & (PublishingLens<In> | NoLens) = {},
): Topic<In> | Topic {
  checkNames('topic()', options, TOPIC_OPTIONS)
  return named(options)('')
}

/** Topics by name, joined to those of other processes by a `broker`, if there is one. */
export function topics<In>(options: TopicsOptions & PublishingLens<In>): Topics<In>
export function topics(options?: TopicsOptions & NoLens): Topics
export function topics<In>(
  options: TopicsOptions & (PublishingLens<In> | NoLens) = {},
): Topics<In> | Topics {
  checkNames('topics()', options, TOPICS_OPTIONS)
  return named(options)
}

function named<In>({
  message,
  broker,
  onError,
}: TopicsOptions & (PublishingLens<In> | NoLens)): Topics<In> | Topics {
  if (broker !== undefined) {
    checkFunction(broker.publish, 'a broker needs a function publish')
    checkFunction(broker.subscribe, 'a broker needs a function subscribe')
  }
  const hub = new Hub(reportTo(onError), broker)
  if (message === undefined) return byName(hub, messageOf)
  checkFunction(message.create, 'the option message needs a lens, with create')
  return byName(hub, (value: In) => message.create(value))
}

function byName<In>(hub: Hub, create: (value: In) => WsMessage): Topics<In> {
  const topicOf = (name: string): Topic<In> => {
    if (typeof name !== 'string') throw wrongType(name, 'a topic is named by a string')
    return new NamedTopic(hub, name, create)
  }
  return Object.assign(topicOf, { names: () => hub.names() })
}

function messageOf(content: WsMessage | string | Uint8Array): WsMessage {
  return content instanceof WsMessage ? content : WsMessage.of(content)
}
