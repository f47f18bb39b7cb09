import type { Member, Place } from './member.ts'

/** The members of one topic. It exists for as long as there are any. */
export class Room implements Place {
  readonly #members = new Set<Member>()
  /** The same as an array, once it is needed, until somebody comes or goes. */
  #present: readonly Member[] | undefined
  readonly #whenEmpty: () => void

  constructor(whenEmpty: () => void) {
    this.#whenEmpty = whenEmpty
  }

  get members(): ReadonlySet<Member> {
    return this.#members
  }

  add(member: Member): void {
    this.#members.add(member)
    this.#present = undefined
    member.places.add(this)
  }

  delete(member: Member): void {
    if (!this.#members.delete(member)) return
    this.#present = undefined
    member.places.delete(this)
    if (this.#members.size === 0) this.#whenEmpty()
  }

  /** Calls `fn` with those who are members now, and still are when it is their turn. */
  forEach(fn: (member: Member) => void): void {
    this.#present ??= [...this.#members]
    const present = this.#present
    for (const member of present) {
      // Looked up only if somebody has come or gone since: among many, it takes as long as sending.
      if (this.#present === present || this.#members.has(member)) fn(member)
    }
  }
}
