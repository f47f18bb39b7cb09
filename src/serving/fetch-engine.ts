import type { Capability, EngineTraits } from '../websocket/capability.ts'
import { checkNeeds, checkOptionNeeds } from './engine-needs.ts'
import { type ServerSettings, serverSettings, type WebSockets } from './web-sockets.ts'

/** A runtime that answers requests with responses and has WebSockets of its own, of whole messages. */
export interface FetchEngine<L extends Capability = Capability> extends EngineTraits<L> {
  /** The largest message that the runtime can read, in bytes. */
  readonly largestMessage: number
  /** Set if the runtime reads no message above the server's `maxMessageSize`: a connection can then only lower that. */
  readonly reads?: 'maxMessageSize' | undefined
  /** Headers of a handshake, by name in lower case, that the runtime checks itself and does not show. */
  readonly assumed?: Readonly<Record<string, string>> | undefined
}

/** A configuration for such a runtime, with every default filled in. */
export interface FetchSettings extends ServerSettings {
  /** The engine that it is for. */
  readonly engine: FetchEngine
  /** The largest message that the runtime can read with this configuration, in bytes. */
  readonly largestMessage: number
}

/**
 * Fills in the defaults. Throws as `serverSettings` does, a `RangeError` for larger messages than the runtime reads, and a
 * `NotSupportedException` for an option that the engine cannot follow.
 */
export function fetchSettings(webSockets: WebSockets, engine: FetchEngine): FetchSettings {
  checkOptionNeeds(webSockets, engine)
  const settings = serverSettings(webSockets)
  const { maxMessageSize } = settings.limits
  if (maxMessageSize > engine.largestMessage) {
    throw new RangeError(
      `the option maxMessageSize is ${maxMessageSize}: ${engine.name} reads at most ${engine.largestMessage} bytes of a message`,
    )
  }
  return {
    ...settings,
    engine,
    largestMessage: engine.reads === 'maxMessageSize' ? maxMessageSize : engine.largestMessage,
    checkNeeds: (response) => checkNeeds(response, engine),
  }
}
