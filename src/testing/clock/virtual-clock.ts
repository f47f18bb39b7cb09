import type { Clock } from '../../websocket/support/clock.ts'
import { Heap, type Placed } from './heap.ts'
import { promisesRun } from './in-time.ts'
import { began } from './leaks.ts'

interface Timer extends Placed {
  readonly at: number
  /** Of several at the same time, the one that was set first fires first. */
  readonly number: number
  readonly fn: () => void
  /** Reports the end to checks for leaks. */
  readonly ended: () => void
}

/** Time that passes when it is told to. */
export class VirtualClock implements Clock {
  #now = 0
  readonly #timers = new Heap<Timer>(isBefore)
  #set = 0

  now(): number {
    return this.#now
  }

  after(delay: number, fn: () => void): () => void {
    const at = this.#now + Math.max(0, delay)
    const ended = began(() => `a timer of a virtual clock, due in ${at - this.#now} ms`)
    const timer = { at, number: this.#set++, fn, ended, place: 0 }
    this.#timers.add(timer)
    return () => this.#end(timer)
  }

  /** How many timers have neither fired nor been cancelled. */
  get pending(): number {
    return this.#timers.size
  }

  /** Lets `ms` milliseconds pass and fires what falls due, in order, what is set meanwhile included. */
  advance(ms: number): void {
    const until = this.#in(ms)
    while (this.#fire(until));
    this.#reach(until)
  }

  /**
   * As `advance`, and lets promises run: before the first timer, after each, and at the end. So code that awaits one timer
   * goes on before the next is due, and timers that it sets fall due, too. Does not wait for I/O. Rejects as `advance`
   * throws.
   */
  async advanceAsync(ms: number): Promise<void> {
    const until = this.#in(ms)
    do await promisesRun()
    while (this.#fire(until))
    this.#reach(until)
  }

  #in(ms: number): number {
    // A string would be appended to the time.
    if (typeof ms === 'number' && ms >= 0) return this.#now + ms
    throw new RangeError(`time cannot pass by ${ms} ms: give a number from 0 up`)
  }

  /** Fires the next timer; false when none is due until then. */
  #fire(until: number): boolean {
    const next = this.#timers.first
    if (next === undefined || next.at > until) return false
    this.#end(next)
    this.#reach(next.at)
    next.fn()
    return true
  }

  /** Time never goes back: a timer that fired may have let more of it pass. */
  #reach(time: number): void {
    this.#now = Math.max(this.#now, time)
  }

  #end(timer: Timer): void {
    this.#timers.delete(timer)
    timer.ended()
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.number < b.number)
}
