import type { EngineTraits } from '../capability.ts'
import { NotSupportedException } from '../errors.ts'
import type { UpgradeRequest } from '../request/upgrade-request.ts'
import type { SlowConsumerPolicy } from '../slow-consumer.ts'
import type { SocketSettings } from '../socket/socket-settings.ts'
import { amount } from '../support/option-checks.ts'
import type { SizeLimits } from '../ws-link.ts'

/** What all `MessageWebsocket`s of one server share. Sizes in bytes, times in milliseconds. */
export interface MessageSettings extends SocketSettings {
  readonly engine: EngineTraits
  /** The runtime reads no larger message, whatever the limits say. */
  readonly largestMessage: number
}

export interface MessageWebsocketOptions {
  readonly upgradeRequest: UpgradeRequest
  /** The negotiated subprotocol, `''` for none. */
  readonly protocol: string
  readonly settings: MessageSettings
  /** The initial limit, in bytes. */
  readonly maxMessageSize: number
  readonly maxBufferedAmount: number
  readonly slowConsumer: SlowConsumerPolicy
  /** Called once, when the runtime has let go of the connection. */
  readonly onGone: () => void
}

/** The limits of one connection: messages have one, to be changed as far as the runtime allows, and frames have none. */
export function changeableLimits(
  maxMessageSize: number,
  { engine, largestMessage }: MessageSettings,
): SizeLimits {
  let most = maxMessageSize
  return {
    get maxFrameSize() {
      return Infinity
    },
    set maxFrameSize(_) {
      throw new NotSupportedException(`${engine.name} has no limit for frames: set maxMessageSize`)
    },
    get maxMessageSize() {
      return most
    },
    set maxMessageSize(bytes) {
      const limit = amount('maxMessageSize', bytes)
      const problem = largestMessageProblem(limit, engine, largestMessage)
      if (problem !== undefined) throw new RangeError(problem)
      most = limit
    },
  }
}

/** Says why a connection cannot have this `maxMessageSize`; `undefined` when it can. */
export function largestMessageProblem(
  maxMessageSize: number,
  { name }: EngineTraits,
  largestMessage: number,
): string | undefined {
  if (maxMessageSize <= largestMessage) return undefined
  return `${name} reads no message of more than ${largestMessage} bytes: a connection can lower the server's maxMessageSize, not raise it to ${maxMessageSize}`
}
