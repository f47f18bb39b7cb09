import type { MaybePromise } from '../websocket/support/maybe-promise.ts'

/** Carries the messages of topics between processes: Redis, NATS, a `BroadcastChannel`. */
export interface Broker {
  /**
   * Passes a payload on to all other processes, and may pass it back to this one. What it throws or rejects with goes to
   * `onError`; nothing else waits for it.
   */
  publish(topic: string, payload: Uint8Array<ArrayBuffer>): unknown
  /**
   * Called when a topic gets its first subscriber in this process. Returns, or resolves to, what ends it, which is called
   * when the last subscriber has left. For each topic, one call waits for the one before. Payloads are copied.
   */
  subscribe(topic: string, receive: (payload: Uint8Array) => void): MaybePromise<() => unknown>
}
