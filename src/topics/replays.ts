import { attempt } from '../websocket/support/attempt.ts'
import type { Clock } from '../websocket/support/clock.ts'
import { Fifo } from '../websocket/support/fifo.ts'
import type { WsMessage } from '../websocket/ws-message.ts'
import type { Member } from './member.ts'
import { Replay } from './replay.ts'
import type { Room } from './room.ts'

/** What a member is sent before others have their turn: so many messages, or bytes of content. */
const MESSAGES = 64
const BYTES = 131_072

/** How many members have their turn before the event loop goes on. */
const MEMBERS = 32

/** Sends a message; false if the member takes no more. Never throws. */
type Send = (member: Member, message: WsMessage) => boolean

/**
 * Sends histories in portions: the first one at once, each further one when the peer has taken enough of those before, and
 * others have had theirs. So the event loop goes on, however many come back at once, and a slow peer gets no more than it
 * takes.
 */
export class Replays {
  readonly #clock: Clock
  readonly #send: Send
  /** Those who wait for their turn. */
  readonly #turns = new Fifo<() => void>()
  #isScheduled = false

  constructor(clock: Clock, send: Send) {
    this.#clock = clock
    this.#send = send
  }

  /** Has the member join, and be sent what it has missed. */
  begin(room: Room, member: Member, missed: readonly WsMessage[]): void {
    const replay = new Replay(missed, room.addServed(member))
    const wait = (): void => {
      const ready = (): void => this.#queue(goOn)
      // If it fails, sending will tell why.
      void attempt(() => member.drained(), ready, ready)
    }
    const goOn = (): void => {
      if (this.#portion(member, replay)) wait()
      else if (room.replays?.get(member) === replay) room.replays.delete(member)
    }
    if (!this.#portion(member, replay)) return
    room.replays ??= new Map()
    room.replays.set(member, replay)
    wait()
  }

  /** Whether there is more to send. */
  #portion(member: Member, replay: Replay): boolean {
    let bytes = 0
    for (let sent = 0; sent < MESSAGES && bytes < BYTES; sent++) {
      const message = replay.next()
      // It may leave meanwhile, and even come back.
      if (message === undefined || !this.#send(member, message)) return false
      bytes += message.byteLength
    }
    return replay.length > 0
  }

  #queue(turn: () => void): void {
    this.#turns.push(turn)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#isScheduled || this.#turns.length === 0) return
    this.#isScheduled = true
    this.#clock.after(0, () => {
      for (let i = 0; i < MEMBERS; i++) this.#turns.shift()?.()
      // Only now: Node does not go on before it has called all timers that are due.
      this.#isScheduled = false
      this.#schedule()
    })
  }
}
