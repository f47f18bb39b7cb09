import { checkReason } from '../../protocol/close/close-code.ts'
import { LOST, NORMAL } from '../../protocol/close/reason.ts'
import { asError } from '../../protocol/errors/thrown.ts'
import { WebSocketClosedException } from '../errors.ts'
import { NEVER_CONNECTED } from '../never-connected.ts'
import { CLOSE_TIMEOUT } from '../socket/socket-settings.ts'
import { checkFunction } from '../support/check-function.ts'
import { Fifo } from '../support/fifo.ts'
import type { MaybePromise } from '../support/maybe-promise.ts'
import { onAbort } from '../support/on-abort.ts'
import type { Websocket } from '../websocket.ts'
import type { WsMessage } from '../ws-message.ts'
import type { WsStatus } from '../ws-status.ts'
import { type Backoff, backoffOf } from './backoff.ts'
import { failureOf, givenUp } from './failure-of.ts'
import { heldMessage, mayHold } from './opening-bound.ts'
import { ReceivedInTurn } from './received-in-turn.ts'
import {
  type ReconnectOptions,
  type ResolvedReconnectOptions,
  reconnectOptions,
} from './reconnect-options.ts'
import type { Received, WsClient } from './ws-client.ts'

/** Makes a client, or a promise of one; `attempt` counts from 1. */
export type Connect = (attempt: number) => MaybePromise<WsClient>

/**
 * A client that connects again when its connection ends, and when it could not be opened. Messages are sent at most once:
 * those that were on their way when a connection broke are not sent again. While there is none, `send` holds them, and
 * throws an `OverflowException` for what is too much. `received()` goes on from one connection to the next.
 *
 * `opened` resolves with the first connection, once `onOpen` has settled and what was held is sent. `closed` resolves when
 * there will be no other: after this side's `close`, and after an end that is not retried, whose error `received()` throws.
 * Closing drops what is held, unless a connection is being opened, which then sends it first, within ten seconds.
 *
 * Throws what `connect` throws when it is first called, a `TypeError` for an unknown option, and a `RangeError` for a wrong
 * number. Whatever `connect` throws later, or rejects with, is an attempt that failed.
 */
export function reconnecting(connect: Connect, options: ReconnectOptions = {}): WsClient {
  checkFunction(connect, 'reconnecting needs a function that connects')
  return new ReconnectingClient(connect, reconnectOptions(options))
}

class ReconnectingClient implements WsClient {
  readonly opened: Promise<Websocket>
  readonly closed: Promise<WsStatus>
  readonly #connect: Connect
  readonly #options: ResolvedReconnectOptions
  readonly #backoff: Backoff
  readonly #received = new ReceivedInTurn()
  readonly #held = new Fifo<WsMessage>()
  #heldBytes = 0
  #attempts = 0
  /** From the beginning of an attempt until its connection has ended. */
  #connecting = false
  #client: WsClient | undefined
  /** Set once what was held has been sent over it: while it is open, the rest goes to it directly. */
  #socket: Websocket | undefined
  #hasOpened = false
  #closing: WsStatus | undefined
  #end: WsStatus | undefined
  #stopWaiting = (): void => {}
  #forgetSignal = (): void => {}
  #resolveOpened!: (socket: Websocket) => void
  #rejectOpened!: (error: Error) => void
  #resolveClosed!: (status: WsStatus) => void

  constructor(connect: Connect, options: ResolvedReconnectOptions) {
    this.#connect = connect
    this.#options = options
    this.#backoff = backoffOf(options)
    this.opened = new Promise((...settle) => {
      ;[this.#resolveOpened, this.#rejectOpened] = settle
    })
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve
    })
    // `received` and `closed` report it, too, so an `opened` that nobody awaits is no unhandled rejection.
    this.opened.catch(() => {})
    const { signal } = options
    if (signal?.aborted) {
      this.#drop({ cause: signal.reason })
    } else {
      const first = this.#next()
      if (signal) this.#forgetSignal = onAbort(signal, () => this.#drop({ cause: signal.reason }))
      void this.#follow(() => first)
    }
  }

  get protocol(): string {
    return this.#client?.protocol ?? ''
  }

  send(message: WsMessage | string | Uint8Array): boolean {
    const end = this.#end ?? this.#closing
    if (end) throw new WebSocketClosedException(end)
    // Once a connection is closing, nothing can be sent over it: it is held for the next one.
    if (this.#socket?.state === 'open') return this.#socket.send(message)
    const held = heldMessage(message)
    mayHold(this.#heldBytes, held.byteLength, this.#options, (error) => {
      throw error
    })
    this.#held.push(held)
    this.#heldBytes += held.byteLength
    return this.#heldBytes <= this.#options.highWaterMark
  }

  close(status: WsStatus = NORMAL): void {
    if (this.#end ?? this.#closing) return
    checkReason(status)
    // What is held has been accepted: if a connection is being opened, that sends it first.
    const owes = this.#connecting && this.#held.length > 0
    if (!owes) this.#client?.close(status)
    this.#closing = status
    if (owes) void this.closed.then(this.#options.clock.after(CLOSE_TIMEOUT, () => this.#drop()))
    else if (!this.#client) void this.#down(NEVER_CONNECTED)
  }

  terminate(): void {
    this.#drop()
  }

  received(): Received {
    return this.#received
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
    await this.closed
  }

  #next(): MaybePromise<WsClient> {
    this.#connecting = true
    this.#attempts++
    return this.#connect(this.#attempts)
  }

  /** From an attempt to the end of its connection. Never rejects. */
  async #follow(connect: () => MaybePromise<WsClient>): Promise<void> {
    let client: WsClient | undefined
    let socket: Websocket | undefined
    let failure: Error | undefined
    let forget = (): void => {}
    try {
      client = await connect()
      this.#client = client
      // It was given up while `connect` got ready.
      if (this.#end) client.terminate()
      socket = await client.opened
      if (this.#end) return
      this.#hasOpened = true
      forget = this.#backoff.opened()
      this.#received.follow(client.received(), socket)
      // It may be lost before this has resolved.
      await Promise.race([this.#options.onOpen?.(socket), client.closed])
      await this.#use(client, socket)
    } catch (thrown) {
      failure = asError(thrown)
      client?.terminate()
    }
    const status = (await client?.closed) ?? NEVER_CONNECTED
    forget()
    await this.#down(status, failure ?? socket?.link.closeRecord?.cause)
  }

  /** Sends what was held, no faster than the peer reads it. What is left when it closes is for the next connection. */
  async #use(client: WsClient, socket: Websocket): Promise<void> {
    while (this.#held.length > 0 && socket.state === 'open') {
      const message = this.#held.shift()!
      this.#heldBytes -= message.byteLength
      if (!socket.send(message)) await socket.drained()
    }
    this.#socket = socket
    this.#resolveOpened(socket)
    if (this.#closing) client.close(this.#closing)
  }

  async #down(status: WsStatus, cause?: Error): Promise<void> {
    if (this.#end) return
    this.#connecting = false
    this.#client = undefined
    this.#received.keep()
    if (this.#closing) {
      // If there was no connection just then, what counts is what it was closed with.
      const last = this.#hasOpened && status.is(NEVER_CONNECTED) ? this.#closing : status
      this.#finish(last, failureOf(last, cause))
      return
    }
    try {
      const pause = this.#backoff.failed(status, cause)
      if (!pause) {
        this.#finish(status, failureOf(status, cause))
        return
      }
      // The options may have closed it.
      if (this.#end) return
      const { end, wait } = pause
      this.#stopWaiting = this.#backoff.wait(wait, () => {
        this.#received.whenRoom(() => {
          if (!this.#end) void this.#follow(() => this.#next())
        })
      })
      await this.#options.onDown(end, wait)
    } catch (thrown) {
      this.#finish(status, asError(thrown))
    }
  }

  #drop(options?: ErrorOptions): void {
    if (this.#hasOpened) this.#finish(LOST, new WebSocketClosedException(LOST, undefined, options))
    else this.#finish(NEVER_CONNECTED, givenUp(options))
  }

  /** There will be no other connection, and this one is dropped: an `onDown` may fail when the next attempt has begun. */
  #finish(status: WsStatus, error: Error | undefined): void {
    if (this.#end) return
    this.#end = status
    this.#client?.terminate()
    this.#held.clear()
    this.#stopWaiting()
    this.#forgetSignal()
    this.#received.end(error)
    // Does nothing if one has opened.
    this.#rejectOpened(error ?? new WebSocketClosedException(status))
    this.#resolveClosed(status)
  }
}
