import type { TrafficMeter } from './traffic-meter.ts'

interface Shared {
  readonly meter: TrafficMeter
  sockets: number
}

/** How many keys without a socket are remembered. */
const MAX_IDLE = 10_000

/**
 * One meter for all sockets of a key. When the last socket is gone the meter is kept until it is full again, or who
 * connects anew would start with a full one; the oldest of too many such meters is forgotten.
 */
export class KeyedMeters {
  readonly #make: () => TrafficMeter
  readonly #used = new Map<string, Shared>()
  /** The one that was left first stands first. */
  readonly #idle = new Map<string, Shared>()

  constructor(make: () => TrafficMeter) {
    this.#make = make
  }

  /** Keys remembered. */
  get size(): number {
    return this.#used.size + this.#idle.size
  }

  /** The key's meter, for one more socket. */
  take(key: string): TrafficMeter {
    this.#forget()
    const shared = this.#used.get(key) ?? this.#idle.get(key) ?? { meter: this.#make(), sockets: 0 }
    this.#idle.delete(key)
    this.#used.set(key, shared)
    shared.sockets++
    return shared.meter
  }

  /** One socket of the key is gone. */
  release(key: string): void {
    const shared = this.#used.get(key)
    if (shared === undefined || --shared.sockets > 0) return
    this.#used.delete(key)
    this.#idle.set(key, shared)
    this.#forget()
  }

  #forget(): void {
    for (const [key, { meter }] of this.#idle) {
      if (this.#idle.size <= MAX_IDLE && !meter.isFresh()) return
      this.#idle.delete(key)
    }
  }
}
