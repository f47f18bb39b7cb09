import type { ReadLens } from '../../lens/lens.ts'
import { type TypedLenses, type ViewLenses, viewLenses } from '../../lens/typed-websocket.ts'
import type { CloseReason } from '../../protocol/close/close-reason.ts'
import type { CloseRecord } from '../../protocol/close/close-record.ts'
import type { Frame } from '../../protocol/frame/frame.ts'
import { mapped } from '../../websocket/support/mapped.ts'
import type { WsMessage } from '../../websocket/ws-message.ts'
import type { ReceiveChannel, ReceiveOptions } from '../channel/channel.ts'
import { checkMessages, IncomingChannel } from '../channel/incoming-channel.ts'
import {
  type Carried,
  checkWhole,
  frameOfMessage,
  messageOfFrame,
} from '../channel/message-frames.ts'
import { handled, refused } from '../channel/refused.ts'
import type { DefaultWebSocketSession } from '../session.ts'

/** A session of values: receives `Out`, sends `In`. */
export interface TypedSession<
  out Out,
  in In,
  out S extends DefaultWebSocketSession = DefaultWebSocketSession,
> extends AsyncDisposable {
  /** The session below. */
  readonly session: S
  /** What comes in. A message that the lens refuses is taken, and rejects with a `LensFailure`; the next one may follow. */
  readonly incoming: ReceiveChannel<Out>
  readonly closed: Promise<CloseRecord>
  /** As `session.send`. Rejects with a `LensFailure`, nothing sent, for a value that the lens refuses. */
  send(value: In): Promise<void>
  close(reason?: CloseReason | null): Promise<CloseRecord>
}

export class LensSession<out Out, in In, out S extends DefaultWebSocketSession>
  implements TypedSession<Out, In, S>
{
  readonly session: S
  readonly incoming: ReceiveChannel<Out>
  readonly #send: TypedLenses<Out, In>['send']

  constructor(session: S, lenses: ViewLenses<Out, In>) {
    const { receive, send } = viewLenses(lenses)
    checkMessages(session.incoming)
    this.session = session
    this.incoming = new LensChannel(session.incoming, receive)
    this.#send = send
  }

  get closed(): Promise<CloseRecord> {
    return this.session.closed
  }

  send(value: In): Promise<void> {
    let content: string | Frame
    try {
      const message = this.#send.create(value)
      content = message.mode === 'text' ? message.text() : frameOfMessage(message)
    } catch (thrown) {
      return refused(thrown)
    }
    return this.session.send(content)
  }

  close(reason?: CloseReason | null): Promise<CloseRecord> {
    return this.session.close(reason)
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.session[Symbol.asyncDispose]()
  }
}

class LensChannel<out Out> implements ReceiveChannel<Out> {
  readonly #frames: ReceiveChannel<Frame>
  readonly #lens: ReadLens<WsMessage, Out>

  constructor(frames: ReceiveChannel<Frame>, lens: ReadLens<WsMessage, Out>) {
    this.#frames = frames
    this.#lens = lens
  }

  receive(options?: ReceiveOptions): Promise<Out> {
    return handled(this.#frames.receive(options).then((frame) => this.#read(frame)))
  }

  tryReceive(): Out | undefined {
    const frame = this.#frames.tryReceive()
    return frame && this.#read(frame)
  }

  get isClosedForReceive(): boolean {
    return this.#frames.isClosedForReceive
  }

  cancel(): void {
    this.#frames.cancel()
  }

  [Symbol.asyncIterator](): AsyncIterator<Out, undefined, undefined> {
    // A session may delegate to another one, with channels of its own.
    if (this.#frames instanceof IncomingChannel) return this.#frames.values(this.#read)
    return mapped(this.#frames[Symbol.asyncIterator](), this.#read)
  }

  readonly #read = (item: Carried): Out => {
    if (!('type' in item)) return this.#lens(item)
    const { type } = item
    if (type === 'text' || type === 'binary') {
      checkWhole(item)
      return this.#lens(messageOfFrame(item))
    }
    throw new TypeError(
      `a ${type} frame holds no value: a typed session goes without the option controlFrames`,
    )
  }
}
