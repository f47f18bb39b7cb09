import { quote } from '../../protocol/errors/quote.ts'
import { asError } from '../../protocol/errors/thrown.ts'
import type { Clock } from '../../websocket/support/clock.ts'
import { contentLength } from '../envelope.ts'
import { checkedEntries } from './checked-log.ts'
import type { LogCalls } from './log-calls.ts'
import type { LogEntry, TopicLog } from './topic-log.ts'

/** How many entries are asked for at once, besides the one before them, and how many bytes these are to have. */
const PAGE = 100
const PAGE_BYTES = 1024 * 1024

/** Between two tries, in milliseconds: twice as long each time. */
export const FIRST_PAUSE = 100
const LONGEST_PAUSE = 5_000

/** How often it is tried to read from an id that may be made up, or more entries than a log may be able to give. */
const TRIES = 3

/** What comes after an entry. */
export interface Page {
  /** Whether that entry is still there: only then is nothing missing between it and these. */
  readonly found: boolean
  readonly entries: readonly LogEntry[]
  /** Whether there may be more after these. */
  readonly more: boolean
}

/** What a reader needs besides the log. */
export interface ReaderPorts {
  readonly calls: LogCalls
  readonly clock: Clock
  report(error: Error): void
}

/**
 * Reads one topic of a log. What fails is tried again after longer and longer pauses, and reported once until it works.
 * When it is stopped, what is under way never settles: nobody waits for it any more.
 */
export class LogReader {
  readonly #log: TopicLog
  readonly #topic: string
  readonly #ports: ReaderPorts
  #stopped = false
  #isFailing = false
  /** How many entries are asked for next. */
  #page = PAGE
  /** End the pauses of those who wait to try again. */
  readonly #pauses = new Set<() => void>()

  constructor(log: TopicLog, topic: string, ports: ReaderPorts) {
    this.#log = log
    this.#topic = topic
    this.#ports = ports
  }

  /** What comes after the entry with that id; without an id, all there is. */
  after(id: string | undefined): Promise<Page> {
    return this.#persistently(() => this.#read(id))
  }

  /** The same for an id that may be made up: `undefined` if the log fails for this one again and again, and works otherwise. */
  async afterUnknown(id: string): Promise<Page | undefined> {
    for (let tries = 0; tries < TRIES; tries++) {
      const page = await this.#attempt(() => this.#read(id))
      if (page !== undefined) return page
      // Waits for a log that is away.
      await this.last(1, 0)
    }
    return undefined
  }

  /** The newest entries, at most so many, and no more once their contents have more bytes, or the log fails for more of them. */
  async last(count: number, bytes: number): Promise<readonly LogEntry[]> {
    let largest: readonly LogEntry[] = []
    for (let most = 0, tries = 0; tries < TRIES; ) {
      let asked = 0
      const entries = await this.#persistently(async () => {
        asked = Math.min(count, asked === 0 ? Math.max(most, this.#page) : this.#page)
        return checkedEntries('last', await this.#log.last(this.#topic, asked)).slice(-asked)
      })
      this.#page = Math.min(this.#page, fitting(entries))
      if (asked === count || entries.length < asked || sizeOf(entries) > bytes) return entries
      if (entries.length > largest.length) largest = entries
      if (asked < most) tries++
      most = Math.min(count, 4 * asked)
    }
    return largest
  }

  /** Lets others have a turn, or the log some time. */
  async rest(ms: 0 | typeof FIRST_PAUSE): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#ports.clock.after(ms, resolve)
    })
    if (this.#stopped) await never()
  }

  /** There is reason to believe that the log works again. */
  hurry(): void {
    for (const end of this.#pauses) end()
  }

  stop(): void {
    this.#stopped = true
    this.hurry()
  }

  async #read(id: string | undefined): Promise<Page> {
    const limit = this.#page + 1
    const entries = checkedEntries('read', await this.#log.read(this.#topic, id, limit))
    this.#page = Math.min(PAGE, 2 * this.#page, fitting(entries))
    const found = id === undefined || entries[0]?.id === id
    const fresh = id !== undefined && found ? entries.slice(1) : entries
    return { found, entries: fresh, more: entries.length >= limit }
  }

  async #persistently<T>(act: () => Promise<T>): Promise<T> {
    for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      const value = await this.#attempt(act)
      if (value !== undefined) return value
      await this.#pause(pause)
      if (this.#stopped) return never()
    }
  }

  /** `undefined` if it fails, which is reported. */
  async #attempt<T>(act: () => Promise<T>): Promise<T | undefined> {
    try {
      const value = await this.#ports.calls.call(() => (this.#stopped ? undefined : act()))
      if (value === undefined || this.#stopped) return await never()
      this.#isFailing = false
      return value
    } catch (thrown) {
      if (this.#stopped) return never()
      // It may have been asked for more than it can give.
      this.#page = Math.ceil(this.#page / 2)
      this.#failed(asError(thrown))
      return undefined
    }
  }

  #failed(cause: Error): void {
    if (this.#isFailing) return
    this.#isFailing = true
    const what = `the log of the topic ${quote(this.#topic)} cannot be read for now`
    this.#ports.report(new Error(`${what}: ${cause.message}`, { cause }))
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        cancel()
        this.#pauses.delete(end)
        resolve()
      }
      const cancel = this.#ports.clock.after(ms, end)
      this.#pauses.add(end)
    })
  }
}

/** How many such entries are likely to have no more than `PAGE_BYTES`. */
function fitting(entries: readonly LogEntry[]): number {
  const largest = entries.reduce((most, { payload }) => Math.max(most, payload.byteLength), 1)
  return Math.max(1, Math.floor(PAGE_BYTES / largest))
}

function sizeOf(entries: readonly LogEntry[]): number {
  return entries.reduce((sum, { payload }) => sum + contentLength(payload), 0)
}

/** A promise that nobody waits for goes together with those who did. */
function never(): Promise<never> {
  return new Promise(() => {})
}
