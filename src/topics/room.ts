import type { Member, Place } from './member.ts'
import type { Replay } from './replay.ts'

/** The arrival of those who wait. */
const NOT_YET = Number.POSITIVE_INFINITY

/** The members of one topic. It exists for as long as there are any. */
export class Room implements Place {
  /** Each with the number of its arrival: 0 for those who did not get the history. */
  readonly #members = new Map<Member, number>()
  /** What members have yet to be sent before what is published now; `undefined` unless there are any. */
  #replays: Map<Member, Replay> | undefined
  /** Those who are members, but are to be given nothing yet, with what is called if they leave. */
  #waiting: Map<Member, () => void> | undefined
  #arrivals = 0
  /** The last arrival before the message that is being given out: later ones have got it from the history. */
  #lastBefore = 0
  /** The same as an array, once it is needed, until somebody comes or goes. */
  #present: readonly Member[] | undefined
  readonly #whenEmpty: () => void

  constructor(whenEmpty: () => void) {
    this.#whenEmpty = whenEmpty
  }

  get members(): ReadonlyMap<Member, unknown> {
    return this.#members
  }

  get replays(): ReadonlyMap<Member, Replay> | undefined {
    return this.#replays
  }

  add(member: Member): void {
    this.#add(member, 0)
  }

  /** Adds one that is given nothing until it is added again. If it leaves before, `left` is called. */
  addWaiting(member: Member, left: () => void): void {
    this.#waiting ??= new Map()
    this.#waiting.set(member, left)
    this.#add(member, NOT_YET)
  }

  /** Adds one that gets the history: `replay`, if there is any. */
  addServed(member: Member, replay?: Replay): void {
    this.#waiting?.delete(member)
    this.#add(member, ++this.#arrivals)
    if (replay === undefined) return
    this.#replays ??= new Map()
    this.#replays.set(member, replay)
  }

  /** What is published now is sent at once again. Does nothing if the member has left meanwhile, even if it has come back. */
  endReplay(member: Member, replay: Replay, all: boolean): void {
    if (this.#replays?.get(member) !== replay) return
    this.#replays.delete(member)
    // Otherwise, each message would be looked up for each member.
    if (this.#replays.size === 0) this.#replays = undefined
    replay.end(all)
  }

  delete(member: Member): void {
    if (!this.#members.delete(member)) return
    this.#present = undefined
    const replay = this.#replays?.get(member)
    if (replay !== undefined) this.endReplay(member, replay, false)
    member.places.delete(this)
    const left = this.#waiting?.get(member)
    this.#waiting?.delete(member)
    left?.()
    if (this.#members.size === 0) this.#whenEmpty()
  }

  /** Calls `fn` with those who are members now, and still are when it is their turn. */
  forEach(fn: (member: Member) => void): void {
    this.#lastBefore = this.#arrivals
    this.#present ??= this.#served()
    const present = this.#present
    for (const member of present) {
      // Looked up only if somebody has come or gone since: among many, it takes as long as sending.
      if (this.#present === present || this.#awaits(member)) fn(member)
    }
  }

  #served(): readonly Member[] {
    const waiting = this.#waiting
    const all = [...this.#members.keys()]
    return waiting?.size ? all.filter((member) => !waiting.has(member)) : all
  }

  #awaits(member: Member): boolean {
    const arrival = this.#members.get(member)
    return arrival !== undefined && arrival <= this.#lastBefore
  }

  #add(member: Member, arrival: number): void {
    this.#members.set(member, arrival)
    this.#present = undefined
    member.places.add(this)
  }
}
