import type { Passenger } from './passenger.ts'
import { Ride, type RidePorts } from './ride.ts'

/** Brings those who have subscribed to where a topic is followed: one ride after the other. */
export class CatchUp {
  readonly #ports: Omit<RidePorts, 'pickUp' | 'refuse'>
  /** By the entries that they have. */
  readonly #waiting = new Map<string, Set<Passenger>>()
  /** Those who have none that is known. */
  readonly #newcomers = new Set<Passenger>()
  #isRunning = false

  constructor(ports: Omit<RidePorts, 'pickUp' | 'refuse'>) {
    this.#ports = ports
  }

  add(passenger: Passenger): void {
    const { after } = passenger
    const others = after === undefined ? this.#newcomers : this.#waiting.get(after)
    if (others !== undefined) others.add(passenger)
    else if (after !== undefined) this.#waiting.set(after, new Set([passenger]))
    if (!this.#isRunning) void this.#run()
  }

  /** It has left: while a log is away, many may come and go. */
  remove(passenger: Passenger): void {
    const { after = '' } = passenger
    const others = this.#waiting.get(after)
    others?.delete(passenger)
    if (others?.size === 0) this.#waiting.delete(after)
    this.#newcomers.delete(passenger)
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    await this.#ports.follower.started
    while (this.#waiting.size + this.#newcomers.size > 0) {
      const [id] = this.#waiting.keys()
      // What is missing seldom is so for one alone.
      if (id !== undefined && !(await this.#ride().from(id))) await this.#lookUp()
      await this.#welcome()
    }
    this.#isRunning = false
  }

  /** By one read, for all: brings those who have one of the newest entries, and refuses the others. */
  async #lookUp(): Promise<void> {
    const { reader, bounds } = this.#ports
    const waiting = [...this.#waiting.keys()]
    if (waiting.length === 0) return
    const newest = await reader.last(bounds.messages + 1, bounds.bytes)
    const ids = new Set(newest.map(({ id }) => id))
    for (const id of waiting) if (!ids.has(id)) this.#pickUp(id).forEach(this.#refuse)
    await this.#ride().withNewest(newest, [])
  }

  async #welcome(): Promise<void> {
    const newcomers = [...this.#newcomers]
    this.#newcomers.clear()
    const most = newcomers.reduce((most, { last }) => Math.max(most, last), 0)
    const { messages, bytes } = this.#ports.bounds
    const count = Math.floor(Math.min(most, messages))
    if (count > 0) {
      await this.#ride().withNewest(await this.#ports.reader.last(count, bytes), newcomers)
      return
    }
    for (const newcomer of newcomers) newcomer.arrive([], false)
  }

  #ride(): Ride {
    return new Ride({
      ...this.#ports,
      pickUp: (id) => this.#pickUp(id),
      refuse: this.#refuse,
    })
  }

  readonly #refuse = (passenger: Passenger): void => {
    if (!passenger.isGone) this.#newcomers.add(passenger)
  }

  #pickUp(id: string): readonly Passenger[] {
    const passengers = [...(this.#waiting.get(id) ?? [])]
    this.#waiting.delete(id)
    return passengers
  }
}
