import { quote } from '../../protocol/errors/quote.ts'
import type { Clock } from '../../websocket/support/clock.ts'
import type { MaybePromise } from '../../websocket/support/maybe-promise.ts'
import type { HistoryBounds } from '../history.ts'
import type { Hub, Outside } from '../hub.ts'
import type { Member } from '../member.ts'
import { OutsideSubscriptions } from '../outside-subscriptions.ts'
import type { Report } from '../report.ts'
import { CatchUp } from './catch-up.ts'
import type { EntryCodec } from './entry-codec.ts'
import { Follower } from './follower.ts'
import { LogCalls } from './log-calls.ts'
import { LogReader } from './log-reader.ts'
import type { Passenger } from './passenger.ts'
import type { LogEntry, TopicLog } from './topic-log.ts'

/** What following needs. */
export interface FollowingPorts {
  readonly log: TopicLog
  readonly codec: EntryCodec
  readonly report: Report
  readonly clock: Clock
  /** What one that comes back is sent at most. */
  readonly bounds: HistoryBounds
  /** How often the log is asked without being told to, in milliseconds. */
  readonly poll: number
  hub(): Hub
}

/** How one that has subscribed is given what it has missed. */
export interface Arrival {
  /** Whether that is all of it. */
  readonly recovered: boolean
  /** Whether it was sent, once that is known. */
  readonly caughtUp: MaybePromise<boolean>
}

/** That of one who does not subscribe, or leaves. */
export const NOWHERE: Arrival = { recovered: false, caughtUp: false }

/** A topic that has subscribers here. */
interface Followed {
  readonly follower: Follower
  readonly catchUp: CatchUp
  wake(): void
  stop(): void
}

/** The topics of a log that have subscribers here: each is followed from its first one to its last. */
export class Following implements Outside {
  readonly #ports: FollowingPorts
  readonly #calls: LogCalls
  readonly #followed = new Map<string, Followed>()
  readonly #watched: OutsideSubscriptions | undefined
  /** Those that cannot be watched: it is tried again every so often, and reported once. */
  readonly #unwatched = new Set<string>()

  constructor(ports: FollowingPorts) {
    const { log, report, clock } = ports
    this.#ports = ports
    this.#calls = new LogCalls(clock)
    const watch = log.watch?.bind(log)
    if (watch === undefined) return
    this.#watched = new OutsideSubscriptions({
      need: 'watch of a log has to return a function that ends it',
      subscribe: async (topic) => {
        const end = await watch(topic, () => this.wake(topic))
        if (typeof end === 'function') this.#unwatched.delete(topic)
        // What came before it was watched.
        this.wake(topic)
        return end
      },
      report: (cause, topic) => {
        if (this.#unwatched.has(topic)) return
        if (this.#followed.has(topic)) this.#unwatched.add(topic)
        const what = `watching the log of the topic ${quote(topic)} has failed`
        report(new Error(`${what}: ${cause.message}`, { cause }))
      },
    })
  }

  join(topic: string): void {
    if (this.#followed.has(topic)) return
    this.#followed.set(topic, this.#follow(topic))
    this.#watched?.join(topic)
  }

  leave(topic: string): void {
    this.#followed.get(topic)?.stop()
    this.#followed.delete(topic)
    this.#unwatched.delete(topic)
    this.#watched?.leave(topic)
  }

  /** There may be something new. */
  wake(topic: string): void {
    this.#followed.get(topic)?.wake()
  }

  /** Has the member join. Resolves once it is given what is published, or has left. */
  enter(topic: string, member: Member, after: string | undefined, last: number): Promise<Arrival> {
    const hub = this.#ports.hub()
    const follower = this.#followed.get(topic)?.follower
    const isThere = after === undefined ? last === 0 && follower?.isStarted : follower?.isAt(after)
    if (isThere) {
      const caughtUp = hub.resume(topic, member, [])
      return Promise.resolve({ recovered: after !== undefined, caughtUp })
    }
    return new Promise((settle) => {
      let isGone = false
      const passenger: Passenger = {
        member,
        after,
        last,
        arrive: (missed, recovered) =>
          settle({ recovered, caughtUp: hub.resume(topic, member, missed) }),
        get isGone() {
          return isGone
        },
      }
      hub.wait(topic, member, () => {
        isGone = true
        this.#followed.get(topic)?.catchUp.remove(passenger)
        settle(NOWHERE)
      })
      this.#followed.get(topic)?.catchUp.add(passenger)
    })
  }

  #follow(topic: string): Followed {
    const { log, codec, report, clock, bounds, poll } = this.#ports
    const hub = this.#ports.hub()
    const reader = new LogReader(log, topic, { calls: this.#calls, clock, report })
    const open = (entry: LogEntry) => codec.open(topic, entry)
    const follower = new Follower(topic, reader, {
      deliver(entry) {
        const published = open(entry)
        if (published !== undefined) hub.deliverKept(topic, published.message, published.except)
      },
      missed(error) {
        report(error)
        hub.shed(topic)
      },
    })
    const catchUp = new CatchUp({ reader, follower, bounds, open })
    const again = (): (() => void) =>
      clock.after(poll, () => {
        cancel = again()
        this.#watched?.join(topic)
        void follower.advance()
      })
    let cancel = again()
    return {
      follower,
      catchUp,
      wake() {
        reader.hurry()
        void follower.advance()
      },
      stop() {
        cancel()
        reader.stop()
      },
    }
  }
}
