import type { TrafficMeter } from './traffic-meter.ts'

interface Shared {
  readonly key: string
  readonly meter: TrafficMeter
  sockets: number
  /** Its neighbours among those without a socket. */
  older: Shared | undefined
  newer: Shared | undefined
}

/** How many keys without a socket are remembered. */
const MAX_IDLE = 10_000

/**
 * One meter for all sockets of a key. When the last socket is gone, the meter is kept until it is full again: otherwise, a
 * client that connects again would get a full one. If there are too many such meters, the oldest is forgotten.
 */
export class KeyedMeters {
  readonly #make: () => TrafficMeter
  readonly #byKey = new Map<string, Shared>()
  // Those without a socket are a linked list: to find its first key, a `Map` goes past all that were deleted.
  #oldest: Shared | undefined
  #newest: Shared | undefined
  #idle = 0

  constructor(make: () => TrafficMeter) {
    this.#make = make
  }

  /** Keys remembered. */
  get size(): number {
    return this.#byKey.size
  }

  /** The key's meter, for one more socket. */
  take(key: string): TrafficMeter {
    this.#forget()
    let shared = this.#byKey.get(key)
    if (shared === undefined) {
      shared = { key, meter: this.#make(), sockets: 0, older: undefined, newer: undefined }
      this.#byKey.set(key, shared)
    } else if (shared.sockets === 0) this.#unlink(shared)
    shared.sockets++
    return shared.meter
  }

  /** One socket of the key is gone. */
  release(key: string): void {
    const shared = this.#byKey.get(key)
    if (shared === undefined || shared.sockets === 0 || --shared.sockets > 0) return
    shared.older = this.#newest
    if (this.#newest === undefined) this.#oldest = shared
    else this.#newest.newer = shared
    this.#newest = shared
    this.#idle++
    this.#forget()
  }

  #forget(): void {
    for (let shared = this.#oldest; shared !== undefined; shared = this.#oldest) {
      if (this.#idle <= MAX_IDLE && !shared.meter.isFresh()) return
      this.#unlink(shared)
      this.#byKey.delete(shared.key)
    }
  }

  #unlink(shared: Shared): void {
    const { older, newer } = shared
    if (older === undefined) this.#oldest = newer
    else older.newer = newer
    if (newer === undefined) this.#newest = older
    else newer.older = older
    shared.older = undefined
    shared.newer = undefined
    this.#idle--
  }
}
