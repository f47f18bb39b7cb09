/** Steps for each doubling: a percentile is off by less than 1 %. */
const STEPS = 64
const STEP_BITS = 6
/** In microseconds, half an hour: what takes longer is counted as this. */
const LONGEST = 2 ** 31 - 1

/** Percentiles of what was added, in milliseconds. */
export interface Distribution {
  readonly count: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

/** How often something took how long. Its size does not depend on how much is added. */
export class Histogram {
  readonly #counts = new Float64Array(STEPS * 26)
  #count = 0
  #max = 0

  get count(): number {
    return this.#count
  }

  /** In milliseconds; less than none counts as none. */
  add(duration: number): void {
    const micros = Math.min(Math.max(0, Math.round(duration * 1_000)), LONGEST)
    this.#counts[slotOf(micros)]! += 1
    this.#count += 1
    if (duration > this.#max) this.#max = duration
  }

  /** In milliseconds: so many percent took no longer. 0 if there is nothing. */
  percentile(percent: number): number {
    let left = Math.max(1, Math.ceil((this.#count * percent) / 100))
    const slot = this.#counts.findIndex((count) => {
      left -= count
      return left <= 0
    })
    return slot < 0 ? 0 : Math.min(middleOf(slot) / 1_000, this.#max)
  }

  /** `undefined` if there is nothing. */
  get distribution(): Distribution | undefined {
    if (this.#count === 0) return undefined
    const [p50, p90, p99] = [this.percentile(50), this.percentile(90), this.percentile(99)]
    return { count: this.#count, p50, p90, p99, max: this.#max }
  }
}

/** Microseconds below 128 have a slot of their own; above, each doubling has as many slots as `STEPS`. */
function slotOf(micros: number): number {
  const shift = Math.max(0, 31 - Math.clz32(micros) - STEP_BITS)
  return shift * STEPS + (micros >>> shift)
}

function middleOf(slot: number): number {
  if (slot < 2 * STEPS) return slot
  const shift = Math.floor(slot / STEPS) - 1
  const first = slot - shift * STEPS
  return (first + 0.5) * 2 ** shift
}
