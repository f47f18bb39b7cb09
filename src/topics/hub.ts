import { type CloseReason, INTERNAL_ERROR, TRY_AGAIN_LATER } from '../protocol/close/reason.ts'
import { asError } from '../protocol/errors/thrown.ts'
import { type Clock, systemClock } from '../websocket/support/clock.ts'
import type { WsMessage } from '../websocket/ws-message.ts'
import type { Member } from './member.ts'
import { knownMember } from './members.ts'
import { type Outgoing, Replay } from './replay.ts'
import { Replays } from './replays.ts'
import type { Report } from './report.ts'
import { Room } from './room.ts'
import { Turns } from './turns.ts'

const NOBODY: ReadonlyMap<Member, unknown> = new Map()

/** What joins topics to those of the same names outside of this process. */
export interface Outside {
  /** Somebody has subscribed here. */
  join(topic: string): void
  /** Nobody is subscribed here any more. */
  leave(topic: string): void
  /** Somebody has published here. Absent where publishing goes another way. */
  publish?(topic: string, message: WsMessage): void
}

/** All topics of one `topics`, by name. It keeps those that have members, and nothing of any other. */
export class Hub {
  readonly #rooms = new Map<string, Room>()
  readonly #report: Report
  readonly #outside: Outside | undefined
  /** A send may close a socket, whose listeners publish: that waits, so that all get both messages in the same order. */
  readonly #turns: Turns
  readonly #replays: Replays

  /** A member that lacks a message that is kept has to come back for it: what follows would hide that it is missing. */
  readonly #gap: Report = (error, subscriber) => {
    this.#report(error, subscriber)
    const member = subscriber && knownMember(subscriber)
    if (member !== undefined) this.#close(member, INTERNAL_ERROR)
  }

  constructor(report: Report, outside: Outside | undefined, clock: Clock = systemClock) {
    this.#report = report
    this.#outside = outside
    this.#turns = new Turns(report)
    this.#replays = new Replays(clock, (member, { message, failed }) =>
      this.#send(member, message, failed),
    )
  }

  names(): string[] {
    return [...this.#rooms.keys()]
  }

  members(topic: string): ReadonlyMap<Member, unknown> {
    return this.#rooms.get(topic)?.members ?? NOBODY
  }

  join(topic: string, member: Member): void {
    this.#room(topic).add(member)
    this.#outside?.join(topic)
  }

  /**
   * Has it join, and gives it what it has missed, in portions if that is much. What is published meanwhile comes after that.
   * Resolves once it has all of it: to `false` if it left before.
   */
  resume(topic: string, member: Member, missed: readonly WsMessage[]): Promise<boolean> {
    const room = this.#room(topic)
    if (missed.length === 0) {
      room.addServed(member)
      return Promise.resolve(true)
    }
    const replay = new Replay(missed, this.#gap)
    this.#turns.hold(() => this.#replays.begin(room, member, replay))
    return replay.over
  }

  /** Has it join, and gives it nothing until it resumes. If it leaves before, `left` is called. */
  wait(topic: string, member: Member, left: () => void): void {
    this.#room(topic).addWaiting(member, left)
    this.#outside?.join(topic)
  }

  leave(topic: string, member: Member): void {
    this.#rooms.get(topic)?.delete(member)
  }

  /**
   * Returns how many members were given the message, or are there if it has to wait for another one. Calls `before` when
   * it is its turn.
   */
  publish(
    topic: string,
    message: WsMessage,
    except: Member | undefined,
    before?: () => void,
  ): number {
    const given = this.#turns.take(() => {
      before?.()
      const count = this.#deliver(topic, message, except, before ? this.#gap : this.#report)
      this.#outside?.publish?.(topic, message)
      return count
    })
    if (given !== undefined) return given
    const members = this.members(topic)
    return members.size - Number(except !== undefined && members.has(except))
  }

  /** Gives members a message that was published outside. */
  deliver(topic: string, message: WsMessage): void {
    this.#turns.take(() => this.#deliver(topic, message, undefined, this.#report))
  }

  /** The same for one that is kept there. */
  deliverKept(topic: string, message: WsMessage, except: Member | undefined): void {
    this.#turns.take(() => this.#deliver(topic, message, except, this.#gap))
  }

  /** Closes those who are given what is published: they have missed something, and may come back for it. */
  shed(topic: string): void {
    this.#rooms.get(topic)?.forEach((member) => {
      this.#close(member, TRY_AGAIN_LATER)
    })
  }

  #room(topic: string): Room {
    let room = this.#rooms.get(topic)
    if (room === undefined) {
      room = new Room(() => {
        this.#rooms.delete(topic)
        this.#outside?.leave(topic)
      })
      this.#rooms.set(topic, room)
    }
    return room
  }

  #deliver(topic: string, message: WsMessage, except: Member | undefined, failed: Report): number {
    const room = this.#rooms.get(topic)
    if (room === undefined) return 0
    const { replays } = room
    let given = 0
    room.forEach((member) => {
      if (member === except) return
      const replay = replays?.get(member)
      const isGiven = replay
        ? this.#queue(member, replay, { message, failed })
        : this.#send(member, message, failed)
      if (isGiven) given++
    })
    return given
  }

  /** What goes wrong with one member is no reason for the others to miss the message. */
  #send(member: Member, message: WsMessage, failed: Report): boolean {
    try {
      return member.open && member.send(message, failed)
    } catch (thrown) {
      failed(asError(thrown), member.subscriber)
      return false
    }
  }

  /** Behind what it has missed. */
  #queue(member: Member, replay: Replay, outgoing: Outgoing): boolean {
    if (!member.open || replay.add(outgoing)) return member.open
    this.#close(member, TRY_AGAIN_LATER)
    return false
  }

  #close(member: Member, reason: CloseReason): void {
    try {
      member.close(reason)
    } catch (thrown) {
      this.#report(asError(thrown), member.subscriber)
    }
  }
}
