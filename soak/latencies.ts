/** How wide a bucket is, as a factor: percentiles are exact to 5 %. */
const WIDTH = Math.log(1.05)

/** How many took how long, in buckets that grow: small, and the same in every process. */
export class Latencies {
  readonly counts: number[]

  /** `counts` of another process, to go on from. */
  constructor(counts: readonly number[] = []) {
    this.counts = [...counts]
  }

  /** In milliseconds. */
  add(duration: number): void {
    const bucket = Math.round(Math.log(Math.max(duration * 1_000, 1)) / WIDTH)
    while (this.counts.length <= bucket) this.counts.push(0)
    this.counts[bucket]!++
  }

  /** In milliseconds; 0 when there are none. */
  percentile(percent: number): number {
    const all = this.counts.reduce((sum, count) => sum + count, 0)
    let left = Math.ceil((all * percent) / 100)
    const bucket = this.counts.findIndex((count) => {
      left -= count
      return left <= 0
    })
    return bucket < 0 || all === 0 ? 0 : Math.exp(bucket * WIDTH) / 1_000
  }
}

/** Those of several processes together. */
export function merged(all: readonly (readonly number[])[]): Latencies {
  const length = Math.max(0, ...all.map((counts) => counts.length))
  return new Latencies(
    Array.from({ length }, (_, i) => all.reduce((sum, counts) => sum + (counts[i] ?? 0), 0)),
  )
}
