/** What comes in, in order. */
export interface ReceiveChannel<out T> extends AsyncIterable<T> {
  /**
   * The next item. Rejects when no more will come: with what made the session fail, or with a
   * `WebSocketClosedException`; with a `TimeoutError` after `timeout` milliseconds; with the signal's reason when it
   * aborts. No item is lost by a timeout or an abort, and if it is not awaited, it raises no unhandled rejection.
   */
  receive(options?: ReceiveOptions): Promise<T>
  /** The next item if there is one already. */
  tryReceive(): T | undefined
  /** True once no more will come and everything was taken. */
  readonly isClosedForReceive: boolean
  /** Drops what waits and what still comes. A session goes on reading, so that its peer is not held up. */
  cancel(): void
}

/** What ends a `receive` that finds nothing. */
export interface ReceiveOptions {
  /** Stops waiting when it is aborted. */
  readonly signal?: AbortSignal | undefined
  /** In milliseconds. */
  readonly timeout?: number | undefined
}

/** What goes out, in order. */
export interface SendChannel<in T> {
  /**
   * Resolves when the next item may be sent: at once below the high-water mark. Rejects when the session is closing or
   * closed, and for an item that cannot be sent; if it is not awaited, it raises no unhandled rejection.
   */
  send(item: T): Promise<void>
  /** Sends only if it need not wait; `false` when it did not. Throws for an item that cannot be sent. */
  trySend(item: T): boolean
  readonly isClosedForSend: boolean
}

/** What happens when more would wait than a channel holds: the other side waits, or the session closes with 1013. */
export type OverflowPolicy = 'suspend' | 'close'

/** What a channel holds. */
export interface ChannelConfig {
  /** Frames. Default 1,024. */
  readonly capacity?: number | undefined
  /** Payload bytes. Default 1 MiB. A single frame may have more. */
  readonly bytes?: number | undefined
  /** Default `'suspend'`. */
  readonly onOverflow?: OverflowPolicy | undefined
}

/** What the channels of a session hold. */
export interface ChannelsConfig {
  /**
   * What nobody has taken. With `'suspend'`, reading goes on until it is twice as much, so that control frames are
   * still handled behind a slow reader; then it pauses, for control frames too, until it is no more than this. Where
   * the runtime cannot pause, the session closes with 1013.
   */
  readonly incoming?: ChannelConfig | undefined
  /**
   * What was sent without waiting for the sends before: `send` itself waits above the high-water mark of the socket.
   * With `'suspend'` there is no bound.
   */
  readonly outgoing?: ChannelConfig | undefined
}
