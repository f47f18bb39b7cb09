import type { CloseRecord } from '../../protocol/close/close-record.ts'
import { asError } from '../../protocol/errors/thrown.ts'
import { ConnectionLostException } from '../errors.ts'
import { attempt } from '../support/attempt.ts'
import type { Websocket } from '../websocket.ts'
import type { WsStatus } from '../ws-status.ts'
import { eachListener, type Listeners, once, withListener, withoutListener } from './listeners.ts'

type ErrorListener = (error: Error) => unknown
type CloseListener = (status: WsStatus) => unknown

/** What listeners hear of an end. */
type End = Pick<CloseRecord, 'reason' | 'cause'>

/** The listeners of one socket for errors and its end. What these throw goes to the hook, which never throws. */
export class SocketEvents {
  readonly #socket: Websocket
  readonly #hook: (error: Error, socket: Websocket) => void
  #errors: Listeners<ErrorListener>
  #closes: Listeners<CloseListener>
  #end: End | undefined

  constructor(socket: Websocket, hook: (error: Error, socket: Websocket) => void) {
    this.#socket = socket
    this.#hook = hook
  }

  onError(fn: ErrorListener): () => void {
    this.#errors = withListener(this.#errors, fn)
    return once(() => {
      this.#errors = withoutListener(this.#errors, fn)
    })
  }

  /** A listener added after the end is called in a microtask. */
  onClose(fn: CloseListener): () => void {
    const listeners = withListener(this.#closes, fn)
    const end = this.#end
    if (end === undefined) {
      this.#closes = listeners
      return once(() => {
        this.#closes = withoutListener(this.#closes, fn)
      })
    }
    let removed = false
    queueMicrotask(() => removed || this.guard(() => fn(end.reason)))
    return () => {
      removed = true
    }
  }

  /** Tells the error listeners; false when there is none, and the hook was told instead. */
  fault(error: Error): boolean {
    const listeners = eachListener(this.#errors)
    for (const listener of listeners) this.guard(() => listener(error))
    if (listeners.length === 0) this.report(error)
    return listeners.length > 0
  }

  /** Tells the hook. */
  report(error: Error): void {
    this.#hook(error, this.#socket)
  }

  /** Calls error listeners with the cause, unless it is a lost connection, as the status says; then close listeners. */
  ended(end: End): void {
    this.#end = end
    const { cause } = end
    if (cause && !(cause instanceof ConnectionLostException)) {
      for (const listener of eachListener(this.#errors)) this.guard(() => listener(cause))
    }
    const closes = eachListener(this.#closes)
    this.#closes = undefined
    for (const listener of closes) this.guard(() => listener(end.reason))
  }

  /** Calls a listener; what it throws or rejects with goes to `failed`, by default the hook. */
  guard(call: () => unknown, failed: (error: Error) => void = (error) => this.report(error)): void {
    attempt(
      call,
      () => {},
      (thrown) => failed(asError(thrown)),
    )
  }
}
