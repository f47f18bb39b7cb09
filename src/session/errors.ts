import type { Frame } from '../protocol/frame/frame.ts'
import { WebSocketException } from '../websocket/errors.ts'

/** A channel with the policy `'close'` was full. */
export class ChannelOverflowException extends WebSocketException {
  override readonly name = 'ChannelOverflowException'
  override readonly code = 'ERR_WEBSOCKET_CHANNEL_OVERFLOW'
}

/** A value could not be turned into a frame, or a frame into a value. */
export class WebsocketContentConvertException extends WebSocketException {
  override readonly name: string = 'WebsocketContentConvertException'
  override readonly code: string = 'ERR_WEBSOCKET_CONVERT'
}

/** `sendSerialized` or `receiveDeserialized` without a `contentConverter`. */
export class WebsocketConverterNotFoundException extends WebsocketContentConvertException {
  override readonly name = 'WebsocketConverterNotFoundException'
  override readonly code = 'ERR_WEBSOCKET_NO_CONVERTER'
}

/** A frame that is not what was asked for; it has been taken from `incoming`, and is here. */
export class WebsocketDeserializeException extends WebsocketContentConvertException {
  override readonly name = 'WebsocketDeserializeException'
  override readonly code = 'ERR_WEBSOCKET_DESERIALIZE'
  readonly frame: Frame

  constructor(message: string, frame: Frame, options?: ErrorOptions) {
    super(message, options)
    this.frame = frame
  }
}
