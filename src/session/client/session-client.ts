import { checkReason } from '../../protocol/close/close-code.ts'
import { type CloseReason, GOING_AWAY } from '../../protocol/close/reason.ts'
import { WebSocketConnectException } from '../../websocket/errors.ts'
import type { SocketMode } from '../../websocket/socket-mode.ts'
import { forwardAbort } from '../../websocket/support/forward-abort.ts'
import type { Websocket } from '../../websocket/websocket.ts'
import type { DefaultSessionOptions } from '../default-session.ts'
import type { ClientWebSocketSession, DefaultClientWebSocketSession } from '../session.ts'
import type { OpenedSocket } from './client-session.ts'
import { type BlockArguments, runBlock, type SessionBlock } from './session-client-block.ts'
import {
  type ClientRequest,
  type ClientTarget,
  clientRequest,
  type RequestBlock,
  type RequestOptions,
} from './session-client-request.ts'

/** The options of session clients on every runtime. */
export interface SessionClientOptions
  extends Pick<DefaultSessionOptions, 'channels' | 'contentConverter' | 'controlFrames'> {
  /** Subprotocols to offer where a request names none. */
  readonly protocols?: string | readonly string[] | undefined
}

/**
 * How a runtime opens a connection: it gives the socket to `use` before it reads anything. Rejects with a
 * `WebSocketConnectException`.
 */
export type SocketOpener<out S extends Websocket> = (
  request: ClientRequest & { readonly signal: AbortSignal },
  mode: SocketMode,
  use: (opened: OpenedSocket<S>) => void,
) => Promise<unknown>

/** What a runtime's client is made of: how it opens sockets, and the sessions on them. */
export interface SessionRuntime<S extends Websocket> {
  readonly open: SocketOpener<S>
  /** Makes a new URL. Throws a `TypeError` for one that it cannot connect to. */
  urlOf(text: string | URL): URL
  sessionOf(opened: OpenedSocket<S>): DefaultClientWebSocketSession
}

/** A client of sessions over anything that opens sockets: each runtime extends it. */
export abstract class BaseSessionClient<S extends Websocket> implements AsyncDisposable {
  readonly #runtime: SessionRuntime<S>
  readonly #options: SessionClientOptions
  readonly #connections = new Set<Connection>()
  #closed = false

  constructor(runtime: SessionRuntime<S>, options: SessionClientOptions) {
    this.#runtime = runtime
    this.#options = options
  }

  /**
   * Opens a session, runs the block, and closes the session: with 1000, or with 1011 when the block threw. Settles as
   * the block did, once the session has ended. Rejects with a `WebSocketConnectException` when it cannot be opened, and
   * with a `TypeError` or a `RangeError` for an invalid request.
   */
  webSocket<T>(
    target: ClientTarget,
    block: SessionBlock<DefaultClientWebSocketSession, T>,
  ): Promise<T>
  webSocket<T>(
    target: ClientTarget,
    request: RequestOptions | RequestBlock,
    block: SessionBlock<DefaultClientWebSocketSession, T>,
  ): Promise<T>
  webSocket<T>(...given: BlockArguments<DefaultClientWebSocketSession, T>): Promise<T> {
    return this.#run(given)
  }

  /** As `webSocket`, for `ws:` and `http:` URLs only. */
  ws<T>(target: ClientTarget, block: SessionBlock<DefaultClientWebSocketSession, T>): Promise<T>
  ws<T>(
    target: ClientTarget,
    request: RequestOptions | RequestBlock,
    block: SessionBlock<DefaultClientWebSocketSession, T>,
  ): Promise<T>
  ws<T>(...given: BlockArguments<DefaultClientWebSocketSession, T>): Promise<T> {
    return this.#run(given, false)
  }

  /** As `webSocket`, for `wss:` and `https:` URLs only; the port is 443 unless one is given. */
  wss<T>(target: ClientTarget, block: SessionBlock<DefaultClientWebSocketSession, T>): Promise<T>
  wss<T>(
    target: ClientTarget,
    request: RequestOptions | RequestBlock,
    block: SessionBlock<DefaultClientWebSocketSession, T>,
  ): Promise<T>
  wss<T>(...given: BlockArguments<DefaultClientWebSocketSession, T>): Promise<T> {
    return this.#run(given, true)
  }

  /** Opens a session and leaves it open: close it, or declare it with `await using`. Rejects as `webSocket` does. */
  webSocketSession(
    target: ClientTarget,
    request: RequestOptions | RequestBlock = {},
  ): Promise<DefaultClientWebSocketSession> {
    return this.#session(target, request)
  }

  /**
   * Closes every session, 1001 by default, gives up those that are opening, and opens no more. Resolves when all have
   * ended. Rejects with a `RangeError` for a code that cannot be sent.
   */
  async close(reason: CloseReason = GOING_AWAY): Promise<void> {
    checkReason(reason)
    this.#closed = true
    await Promise.all(Array.from(this.#connections, ({ close }) => close(reason)))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Opens a socket and makes a session of it. */
  protected async connect<C extends ClientWebSocketSession>(
    target: ClientTarget,
    request: RequestOptions | RequestBlock,
    secure: boolean | undefined,
    mode: SocketMode,
    sessionOf: (opened: OpenedSocket<S>) => C,
  ): Promise<C> {
    if (this.#closed) throw closedError()
    const { open, urlOf } = this.#runtime
    const whole = clientRequest(target, request, this.#options, urlOf, secure)
    const opening = new AbortController()
    const unlink = forwardAbort(whole.signal, opening)
    const connection: Connection = { close: () => opening.abort(closedError()) }
    const ended = (): void => {
      this.#connections.delete(connection)
      unlink()
    }
    this.#connections.add(connection)
    try {
      return await new Promise((resolve, reject) => {
        const use = (opened: OpenedSocket<S>): void => {
          try {
            const session = sessionOf(opened)
            connection.close = (reason) => session.close(reason)
            void session.closed.then(ended)
            resolve(session)
          } catch (error) {
            opened.socket.terminate()
            reject(error)
          }
        }
        open({ ...whole, signal: opening.signal }, mode, use).catch(reject)
      })
    } catch (error) {
      ended()
      throw error
    }
  }

  #session(
    target: ClientTarget,
    request: RequestOptions | RequestBlock,
    secure?: boolean,
  ): Promise<DefaultClientWebSocketSession> {
    return this.connect(target, request, secure, 'messages', this.#runtime.sessionOf)
  }

  #run<T>(given: BlockArguments<DefaultClientWebSocketSession, T>, secure?: boolean): Promise<T> {
    return runBlock(given, (target, request) => this.#session(target, request, secure))
  }
}

/** A session that is opening, or open. */
interface Connection {
  close(reason: CloseReason): unknown
}

function closedError(): WebSocketConnectException {
  return new WebSocketConnectException('aborted', 'the client was closed: it opens no sessions')
}
