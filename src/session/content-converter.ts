import type { Frame } from '../protocol/frame/frame.ts'
import type { MaybePromise } from '../websocket/support/maybe-promise.ts'

/** What a converter may know of the session. */
export interface ConvertContext {
  /** The subprotocol, `''` for none. */
  readonly protocol: string
}

/** Turns values into frames and frames into values. `converterOf(format)` makes one of any format. */
export interface WebsocketContentConverter {
  serialize(value: unknown, context: ConvertContext): MaybePromise<string | Uint8Array | Frame>
  deserialize(frame: Frame, context: ConvertContext): unknown
  /** Whether it reads frames such as this. */
  isApplicable(frame: Frame): boolean
}
