import { quote } from '../../protocol/errors/quote.ts'
import { FIRST_PAUSE, type LogReader, type Page } from './log-reader.ts'
import type { LogEntry } from './topic-log.ts'

/** What a follower calls. */
export interface FollowerOwner {
  /** The next entry, for all that are given what is published. */
  deliver(entry: LogEntry): void
  /** Before what comes next, something may be missing. */
  missed(error: Error): void
}

/** Where one topic of a log is followed: from the end that it finds, entry by entry. */
export class Follower {
  readonly #topic: string
  readonly #reader: LogReader
  readonly #owner: FollowerOwner
  /** Resolves when it knows where the log ends. */
  readonly started: Promise<void>
  #isStarted = false
  /** The entry that was delivered last, or the end that was found; `undefined` as long as there is none. */
  #id: string | undefined
  /** Whether the log no longer has that entry, nor any after it. */
  #isLost = false
  /** The pass that is under way, or was last, and the one that comes after it. */
  #current: Promise<void>
  #next: Promise<void> | undefined

  constructor(topic: string, reader: LogReader, owner: FollowerOwner) {
    this.#topic = topic
    this.#reader = reader
    this.#owner = owner
    this.started = this.#start()
    this.#current = this.started
  }

  get isStarted(): boolean {
    return this.#isStarted
  }

  /** Whether all up to the entry with that id was delivered, and nothing else. */
  isAt(id: string | undefined): boolean {
    return this.#isStarted && !this.#isLost && this.#id === id
  }

  /** Delivers all that the log has now. */
  advance(): Promise<void> {
    this.#next ??= this.#passAfter(this.#current)
    return this.#next
  }

  async #start(): Promise<void> {
    const [newest] = await this.#reader.last(1, 0)
    this.#id = newest?.id
    this.#isStarted = true
  }

  async #passAfter(current: Promise<void>): Promise<void> {
    await current
    this.#current = this.#next ?? current
    this.#next = undefined
    let page: Page
    do {
      page = await this.#reader.after(this.#id)
      if (!page.found) this.#misses()
      if (!page.found && page.entries.length === 0) await this.#restart()
      for (const entry of page.entries) {
        // First: whoever subscribes meanwhile comes after it.
        this.#id = entry.id
        this.#owner.deliver(entry)
      }
      // Not every log takes time by itself; one that loses its place again and again is to have some.
      if (page.more) await this.#reader.rest(page.found ? 0 : FIRST_PAUSE)
    } while (page.more)
  }

  /** From the end on, of a log that was emptied, or set back. */
  async #restart(): Promise<void> {
    this.#isLost = true
    // In this order: what comes meanwhile is not taken for old.
    const [newest] = await this.#reader.last(1, 0)
    const { entries } = await this.#reader.after(this.#id)
    if (entries.length === 0) this.#id = newest?.id
    this.#isLost = false
  }

  #misses(): void {
    const what = `the log of the topic ${quote(this.#topic)} no longer has the entry ${quote(String(this.#id))}`
    this.#owner.missed(new Error(`${what}, after which it was to go on: messages may be missing`))
  }
}
