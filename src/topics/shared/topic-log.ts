import type { MaybePromise } from '../../websocket/support/maybe-promise.ts'

/** One entry of a log. */
export interface LogEntry {
  /** No two entries of a topic ever have the same. Goes to peers, who send it back. */
  readonly id: string
  readonly payload: Uint8Array
}

/**
 * A log for each topic, which several processes share: a stream in Redis, a table. Entries are in one order, for
 * everybody: nothing ever comes in before what was read. They are added at the end, and may go at the beginning.
 *
 * All that is asked of it can be asked again, and in vain: it keeps no place for anybody. What it rejects with, or throws,
 * goes to `onError`, and it is asked again later. `topicLogContract` of `antiphon/testing` tests one.
 */
export interface TopicLog {
  /** Adds an entry at the end; returns, or resolves to, its id. Calls may overlap. Payloads are not changed afterwards. */
  append(topic: string, payload: Uint8Array<ArrayBuffer>): MaybePromise<string>
  /**
   * The oldest entries from that id on, in order, at most `limit`, which is 2 or more: the entry with the id itself, if it
   * is still there, and those after it. Fewer only if there are no more: otherwise, messages may be as late as the option
   * `poll`. Without an id, from the beginning. Peers make up ids: for one that no entry could have, nothing.
   */
  read(topic: string, from: string | undefined, limit: number): MaybePromise<readonly LogEntry[]>
  /** The newest entries, the oldest of them first, at most `count`, which is 1 or more. */
  last(topic: string, count: number): MaybePromise<readonly LogEntry[]>
  /**
   * Calls `wake` when the topic may have something new, from any process, and may do so too often. Should it miss a time, the
   * option `poll` makes up for it. Returns, or resolves to, what ends it. For each topic, one call waits for the one before.
   */
  readonly watch?: ((topic: string, wake: () => void) => MaybePromise<() => unknown>) | undefined
}
