import { attempt } from '../websocket/support/attempt.ts'
import type { Clock } from '../websocket/support/clock.ts'
import { Fifo } from '../websocket/support/fifo.ts'
import { type Member, sizeOf } from './member.ts'
import type { Outgoing, Replay } from './replay.ts'
import type { Room } from './room.ts'

/** What all members together are sent before the event loop goes on, in bytes as `sizeOf` has them: 2,048 small messages. */
const TURN = 2 * 1024 * 1024

/** What one of them is sent before it has to have taken that, in bytes of contents. */
const PORTION = 131_072

/** A timer that is as late as this will not come, in milliseconds: that of a Worker ends with its request. */
const LATE = 1_000

/** Never throws. */
type Send = (member: Member, outgoing: Outgoing) => void

/**
 * Sends what members have missed: at once, unless it is much for one peer, or for the event loop where many come back
 * together. Then the rest follows in portions, when the peer has taken the one before, and others have had theirs.
 */
export class Replays {
  readonly #clock: Clock
  readonly #send: Send
  /** Those who wait for their turn. */
  readonly #waiting = new Fifo<() => void>()
  /** What may be sent before the event loop goes on. */
  #left = TURN
  #lateAt = Number.NEGATIVE_INFINITY
  #cancel = (): void => {}

  constructor(clock: Clock, send: Send) {
    this.#clock = clock
    this.#send = send
  }

  /** Has the member join, and be sent what it has missed. */
  begin(room: Room, member: Member, replay: Replay): void {
    room.addServed(member, replay)
    this.#goOn(room, member, replay)
    this.#schedule()
  }

  #goOn(room: Room, member: Member, replay: Replay): void {
    for (let bytes = 0; !replay.isEmpty; ) {
      if (bytes >= PORTION || this.#left <= 0 || (bytes > 0 && member.isBehind)) {
        this.#wait(member, () => this.#goOn(room, member, replay))
        return
      }
      const outgoing = replay.next()!
      bytes += outgoing.message.byteLength
      this.#left -= sizeOf(outgoing.message)
      this.#send(member, outgoing)
      if (!member.open) {
        room.endReplay(member, replay, false)
        return
      }
    }
    room.endReplay(member, replay, true)
  }

  #wait(member: Member, goOn: () => void): void {
    const ready = (): void => {
      this.#waiting.push(goOn)
      this.#schedule()
    }
    // If it fails, sending will tell why.
    void attempt(() => member.drained(), ready, ready)
  }

  #schedule(): void {
    const now = this.#clock.now()
    if (now < this.#lateAt) return
    this.#lateAt = now + LATE
    this.#cancel()
    this.#cancel = this.#clock.after(0, () => this.#turn())
  }

  #turn(): void {
    this.#left = TURN
    while (this.#left > 0 && this.#waiting.length > 0) this.#waiting.shift()?.()
    // Only now: Node does not go on before it has called all timers that are due.
    this.#lateAt = Number.NEGATIVE_INFINITY
    if (this.#left < TURN) this.#schedule()
  }
}
