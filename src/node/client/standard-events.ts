/** As the platform's `CloseEvent`, which Node before 23 does not have. */
export class SocketCloseEvent extends Event {
  readonly code: number
  readonly reason: string
  readonly wasClean: boolean

  constructor(code: number, reason: string, wasClean: boolean) {
    super('close')
    this.code = code
    this.reason = reason
    this.wasClean = wasClean
  }
}

/** As the platform's `ErrorEvent`: it says why, which pages are not told. */
export class SocketErrorEvent extends Event {
  readonly error: Error
  readonly message: string

  constructor(error: Error) {
    super('error')
    this.error = error
    this.message = error.message
  }
}

/** The events of a `StandardWebSocket`. */
export interface StandardWebSocketEventMap {
  readonly open: Event
  readonly message: MessageEvent
  readonly error: SocketErrorEvent
  readonly close: SocketCloseEvent
}

/** What an attribute such as `onopen` holds. */
export type EventHandler<E extends Event> = ((event: E) => unknown) | null

/**
 * An attribute such as `onopen`. As a listener, it keeps the place that it had when it was first set (HTML Standard,
 * section 8.1.8.1).
 */
export class HandlerAttribute<E extends Event> {
  readonly #target: EventTarget
  readonly #type: string
  #handler: EventHandler<E> = null

  constructor(target: EventTarget, type: string) {
    this.#target = target
    this.#type = type
  }

  get handler(): EventHandler<E> {
    return this.#handler
  }

  set handler(handler: EventHandler<E>) {
    // Not every caller is type-checked: what cannot be called is no handler.
    this.#handler = typeof handler === 'function' ? handler : null
    if (this.#handler === null) this.#target.removeEventListener(this.#type, this)
    else this.#target.addEventListener(this.#type, this)
  }

  handleEvent(event: E): void {
    this.#handler?.call(this.#target, event)
  }
}
