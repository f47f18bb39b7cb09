import { History, type HistoryBounds } from '../history.ts'
import type { Member } from '../member.ts'
import type { PublishedEntry } from './entry-codec.ts'
import type { Follower } from './follower.ts'
import { FIRST_PAUSE, type LogReader, type Page } from './log-reader.ts'
import type { Passenger } from './passenger.ts'
import type { LogEntry } from './topic-log.ts'

/** After so many messages, others have a turn. */
const TURN = 1_000

/** What a ride needs. */
export interface RidePorts {
  readonly reader: LogReader
  readonly follower: Follower
  /** What one passenger is sent at most. */
  readonly bounds: HistoryBounds
  open(entry: LogEntry): PublishedEntry | undefined
  /** Takes those who wait at that entry. */
  pickUp(id: string): readonly Passenger[]
  /** It cannot have all that it has missed. */
  refuse(passenger: Passenger): void
}

interface Seat {
  readonly passenger: Passenger
  /** It gets the messages with higher numbers. */
  readonly has: number
  /** Whether it gets all of them or is refused; otherwise, it gets those that are kept. */
  readonly exactly: boolean
}

/**
 * A way through the log of one topic, from an entry to where the topic is followed. It takes along whoever waits at an
 * entry that it comes by, so that thousands who come back need a few rides, and nothing waits for them in between.
 */
export class Ride {
  readonly #ports: RidePorts
  readonly #history: History
  /** Who does not get a message, by its number: `withId` may make the same of several entries. */
  readonly #except = new Map<number, Member>()
  #seats: Seat[] = []
  /** The entry up to which it has everything. */
  #id: string | undefined

  constructor(ports: RidePorts) {
    this.#ports = ports
    this.#history = new History(ports.bounds, 0)
  }

  /** From an entry on. Returns whether the log has had what came after it; if not, those who wait there may wait on. */
  async from(id: string): Promise<boolean> {
    const { follower, reader } = this.#ports
    const page = follower.isAt(id) ? undefined : await reader.afterUnknown(id)
    if (page === undefined && !follower.isAt(id)) return false
    this.#pass(id)
    return this.#go(page)
  }

  /** From the newest entries on, with those, too, who get as many of them as they want. */
  async withNewest(entries: readonly LogEntry[], passengers: readonly Passenger[]): Promise<void> {
    for (const entry of entries) this.#take(entry)
    this.#refuseTheLate()
    this.#id = entries.at(-1)?.id
    const { newest } = this.#history
    for (const passenger of passengers) {
      this.#seats.push({ passenger, has: newest - passenger.last, exactly: false })
    }
    await this.#go()
  }

  /** `page` is what comes next, if that is known. */
  async #go(page?: Page): Promise<boolean> {
    const { follower, reader } = this.#ports
    let next = page
    while (this.#seats.some(({ passenger }) => !passenger.isGone)) {
      if (follower.isAt(this.#id)) {
        await this.#arrive()
        continue
      }
      const { found, entries, more } = next ?? (await reader.after(this.#id))
      next = undefined
      if (!found) {
        for (const { passenger } of this.#seats) this.#ports.refuse(passenger)
        return false
      }
      for (const entry of entries) {
        this.#take(entry)
        if (follower.isAt(entry.id)) break
      }
      this.#refuseTheLate()
      // It is ahead: a client may have got something from a process that is faster.
      if (!more && !follower.isAt(this.#id)) await follower.advance()
      // Only a log that contradicts itself comes here without end.
      if (entries.length === 0 && !follower.isAt(this.#id)) await reader.rest(FIRST_PAUSE)
    }
    return true
  }

  #take(entry: LogEntry): void {
    this.#add(entry)
    this.#pass(entry.id)
  }

  #add(entry: LogEntry): void {
    const published = this.#ports.open(entry)
    if (published === undefined) return
    const { message, except } = published
    const number = this.#history.newest + 1
    this.#history.add({ number, message }, 0)
    if (except !== undefined) this.#except.set(number, except)
    for (const oldest of this.#except.keys()) {
      if (this.#history.reaches(oldest - 1)) break
      this.#except.delete(oldest)
    }
  }

  #pass(id: string): void {
    this.#id = id
    const { newest } = this.#history
    for (const passenger of this.#ports.pickUp(id)) {
      this.#seats.push({ passenger, has: newest, exactly: true })
    }
  }

  /** Those who have missed more than anybody is sent. */
  #refuseTheLate(): void {
    const isLate = ({ has, exactly }: Seat): boolean => exactly && !this.#history.reaches(has)
    // They are in order.
    const late = this.#seats.findLastIndex(isLate) + 1
    for (const { passenger } of this.#seats.splice(0, late)) this.#ports.refuse(passenger)
  }

  /** As many as can, before something new comes. */
  async #arrive(): Promise<void> {
    const { follower, reader } = this.#ports
    let sent = 0
    for (const [i, seat] of this.#seats.entries()) {
      if (sent >= TURN) {
        sent = 0
        await reader.rest(0)
        if (!follower.isAt(this.#id)) {
          this.#seats.splice(0, i)
          return
        }
      }
      sent += this.#arriveWith(seat)
    }
    this.#seats = []
  }

  /** Returns how many messages were sent, and one more. */
  #arriveWith({ passenger, has, exactly }: Seat): number {
    if (passenger.isGone) return 1
    const history = this.#history
    const kept = history.after(has) ?? history.last(Number.POSITIVE_INFINITY)
    const before = history.newest - kept.length
    const missed = kept.filter((_, i) => this.#except.get(before + i + 1) !== passenger.member)
    passenger.arrive(missed, exactly)
    return missed.length + 1
  }
}
