import { newMark } from '../envelope.ts'
import type { Member, Place } from '../member.ts'

/** The marks that say, within what is published, which member of this process does not get it: for as long as it is connected. */
export class Marks implements Place {
  readonly #marks = new Map<Member, Uint8Array>()
  readonly #members = new Map<string, Member>()

  of(member: Member): Uint8Array {
    const known = this.#marks.get(member)
    if (known !== undefined) return known
    const mark = newMark()
    this.#marks.set(member, mark)
    this.#members.set(mark.join(), member)
    member.places.add(this)
    return mark
  }

  /** `undefined` for a member of another process, or of none. */
  memberOf(mark: Uint8Array): Member | undefined {
    // Not by `String`: many logs give a `Buffer`, which that decodes.
    return this.#members.size === 0 ? undefined : this.#members.get(mark.join())
  }

  delete(member: Member): void {
    const mark = this.#marks.get(member)
    if (mark === undefined) return
    this.#marks.delete(member)
    this.#members.delete(mark.join())
  }
}
