/** What comes in, in order. */
export interface ReceiveChannel<out T> extends AsyncIterable<T> {
  /**
   * The next item. Rejects when no more will come: with what made the session fail, or with a
   * `WebSocketClosedException`; with a `TimeoutError` after `timeout` milliseconds; with the signal's reason when it
   * aborts. No item is lost by a timeout or an abort.
   */
  receive(options?: ReceiveOptions): Promise<T>
  /** The next item if there is one already. */
  tryReceive(): T | undefined
  /** True once no more will come and everything was taken. */
  readonly isClosedForReceive: boolean
}

export interface ReceiveOptions {
  readonly signal?: AbortSignal
  /** In milliseconds. */
  readonly timeout?: number
}

/** What goes out, in order. */
export interface SendChannel<in T> {
  /**
   * Resolves when the next item may be sent: at once below the high-water mark. Rejects when the session is closing or
   * closed; a promise that nobody waits for raises no unhandled rejection.
   */
  send(item: T): Promise<void>
  /** Sends only if it need not wait; `false` when it did not. */
  trySend(item: T): boolean
  readonly isClosedForSend: boolean
}

/** What happens when a channel is full: the other side waits, or the session closes with 1013. */
export type OverflowPolicy = 'suspend' | 'close'

/** The bounds of one channel. */
export interface ChannelConfig {
  /** Frames. Incoming default 8, outgoing default 64. */
  readonly capacity?: number
  /** Payload bytes. Default 1 MiB. */
  readonly bytes?: number
  /** Default `'suspend'`. */
  readonly onOverflow?: OverflowPolicy
}

export interface ChannelsConfig {
  readonly incoming?: ChannelConfig
  readonly outgoing?: ChannelConfig
}
