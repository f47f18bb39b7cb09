import { clientUrl } from '../../protocol/handshake/client-url.ts'
import { checkSubprotocols } from '../../protocol/handshake/subprotocol.ts'
import { type HeadersInput, userFields } from '../../protocol/headers/header-field.ts'
import { WebSocketUpgradeException } from '../../websocket/errors.ts'
import type { FrameSocket } from '../../websocket/frame-socket.ts'
import type { MaybePromise } from '../../websocket/support/maybe-promise.ts'
import { amount } from '../../websocket/support/option-checks.ts'
import { unlessAborted } from '../../websocket/support/unless-aborted.ts'
import type { DefaultSessionOptions } from '../default-session.ts'
import { checkSessionOptions } from '../session-defaults.ts'
import type { SessionOptions } from '../session-options.ts'
import {
  clientSession,
  type OpenedSocket,
  type RawClientWebSocketSession,
  rawClientSession,
} from './client-session.ts'
import { openingAborted } from './opening-aborted.ts'
import {
  BaseSessionClient,
  type SessionClientOptions,
  type SessionRuntime,
  type SocketOpener,
} from './session-client.ts'
import { type BlockArguments, runBlock, type SessionBlock } from './session-client-block.ts'
import {
  type ClientTarget,
  type Field,
  fieldsOf,
  type RequestBlock,
  type RequestOptions,
} from './session-client-request.ts'

/** The further options of clients on our own engine. */
export interface FrameSessionClientOptions
  extends SessionClientOptions,
    Pick<DefaultSessionOptions, 'fragments'> {
  /** For every request. */
  readonly headers?: HeadersInput | undefined
  /**
   * Asked when a server answers 401, once for each session: the headers it gives replace those of the request, name by
   * name, in a second attempt. `undefined` lets the refusal stand. What it throws is what opening throws.
   */
  readonly authenticate?: Authenticate | undefined
}

/** The sizes that such a client bounds, in bytes. */
interface Sizes {
  readonly maxFrameSize?: number | undefined
  readonly maxMessageSize?: number | undefined
}

/** The options, with the size of a frame for that of a message, unless there is one. Throws a `RangeError` for a wrong one. */
export function withMessageSize<O extends Sizes>(options: O): O {
  const { maxFrameSize, maxMessageSize = maxFrameSize } = options
  // By its own name, before it is checked as the size of a message.
  amount('maxFrameSize', maxFrameSize, 0)
  return maxMessageSize === undefined ? options : { ...options, maxMessageSize }
}

type Authenticate = (
  refusal: WebSocketUpgradeException,
  url: URL,
) => MaybePromise<HeadersInput | undefined>

/** A client of sessions on our own engine, which can open raw sessions, and sees why a server refuses. */
export abstract class FrameSessionClient extends BaseSessionClient<FrameSocket> {
  readonly #sessionOptions: SessionOptions

  constructor(
    opener: SocketOpener<FrameSocket>,
    options: FrameSessionClientOptions & SessionOptions,
  ) {
    checkSessionOptions(options)
    const { authenticate, headers, protocols = [] } = options
    // Now, and not only when a session is opened.
    userFields(headers)
    checkSubprotocols([protocols].flat())
    const { channels, clock, closeTimeout, contentConverter, controlFrames, fragments } = options
    const sessionOptions = {
      channels,
      clock,
      closeTimeout,
      contentConverter,
      controlFrames,
      fragments,
    }
    const whole = fragments === true ? 'fragments' : 'messages'
    const open = authenticate === undefined ? opener : authenticated(opener, authenticate)
    const runtime: SessionRuntime<FrameSocket> = {
      open: (request, mode, use) =>
        open(
          { ...request, headers: withHeaders(fieldsOf(headers), request.headers) },
          mode === 'messages' ? whole : mode,
          use,
        ),
      urlOf: clientUrl,
      sessionOf: (opened) => clientSession(opened, sessionOptions),
    }
    super(runtime, options)
    this.#sessionOptions = sessionOptions
  }

  /** As `webSocket`, with every frame and nothing answered; no extensions are offered. */
  webSocketRaw<T>(
    target: ClientTarget,
    block: SessionBlock<RawClientWebSocketSession, T>,
  ): Promise<T>
  webSocketRaw<T>(
    target: ClientTarget,
    request: RequestOptions | RequestBlock,
    block: SessionBlock<RawClientWebSocketSession, T>,
  ): Promise<T>
  webSocketRaw<T>(...given: BlockArguments<RawClientWebSocketSession, T>): Promise<T> {
    return runBlock(given, (target, request) => this.webSocketRawSession(target, request))
  }

  /** As `webSocketSession`, with every frame and nothing answered; no extensions are offered. */
  webSocketRawSession(
    target: ClientTarget,
    request: RequestOptions | RequestBlock = {},
  ): Promise<RawClientWebSocketSession> {
    const sessionOf = (opened: OpenedSocket<FrameSocket>): RawClientWebSocketSession =>
      rawClientSession(opened, this.#sessionOptions)
    return this.connect(target, request, undefined, 'frames', sessionOf)
  }
}

/** Opens a second time when the first is refused with 401 and there are other headers to try. */
function authenticated(
  opener: SocketOpener<FrameSocket>,
  authenticate: Authenticate,
): SocketOpener<FrameSocket> {
  return async (request, mode, use) => {
    try {
      await opener(request, mode, use)
    } catch (error) {
      if (!(error instanceof WebSocketUpgradeException && error.status === 401)) throw error
      const fresh = await unlessAborted(
        authenticate(error, request.url),
        request.signal,
        openingAborted,
      )
      if (fresh === undefined) throw error
      await opener({ ...request, headers: withHeaders(request.headers, fresh) }, mode, use)
    }
  }
}

/** `fields`, those of the same name replaced by `others`. */
export function withHeaders(fields: readonly Field[], others: HeadersInput): Field[] {
  const own = fieldsOf(others)
  const names = new Set(own.map(([name]) => name.toLowerCase()))
  return [...fields.filter(([name]) => !names.has(name.toLowerCase())), ...own]
}
