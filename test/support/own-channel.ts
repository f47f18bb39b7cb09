import type { Frame } from '../../src/protocol/frame/frame.ts'
import type { ReceiveChannel } from '../../src/session/channel/channel.ts'
import { DelegatingDefaultWebSocketSession } from '../../src/session/delegating-session.ts'

/** A session with a channel of its own, which has what that of the other one has. */
export class OwnChannel extends DelegatingDefaultWebSocketSession {
  override get incoming(): ReceiveChannel<Frame> {
    const { incoming } = this.delegate
    return {
      isClosedForReceive: false,
      receive: (options) => incoming.receive(options),
      tryReceive: () => incoming.tryReceive(),
      cancel: () => incoming.cancel(),
      [Symbol.asyncIterator]: () => incoming[Symbol.asyncIterator](),
    }
  }
}
