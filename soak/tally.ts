/** What the clients of one process have seen. */
export interface Tally {
  opened: number
  /** Of those, over TLS. */
  secure: number
  /** Of those, with permessage-deflate. */
  compressed: number
  /** Openings that failed. */
  failed: number
  /** Connections that ended though nobody had asked for it. */
  dropped: number
  /** Connections that said goodbye, with everything accounted for. */
  left: number
  /** Connections cut in the middle of the traffic. */
  cut: number
  echoes: number
  broadcasts: number
  bursts: number
  lost: number
  /** Out of order, or twice. */
  reordered: number
  /** With other content than was sent. */
  corrupted: number
}

export const newTally = (): Tally => ({
  opened: 0,
  secure: 0,
  compressed: 0,
  failed: 0,
  dropped: 0,
  left: 0,
  cut: 0,
  echoes: 0,
  broadcasts: 0,
  bursts: 0,
  lost: 0,
  reordered: 0,
  corrupted: 0,
})

/** Those of several processes together. */
export function total(tallies: readonly Tally[]): Tally {
  const sum = newTally()
  for (const tally of tallies) {
    // The keys of one tally are those of all.
    for (const key of Object.keys(sum) as (keyof Tally)[]) sum[key] += tally[key]
  }
  return sum
}

/** Numbers that are to come one after the other; the tally hears when they do not. */
export class Sequence {
  /** The number that is due. */
  next: number
  readonly #tally: Tally

  constructor(tally: Tally, next = 0) {
    this.#tally = tally
    this.next = next
  }

  /** True when it was the number that is due. */
  take(n: number): boolean {
    const late = n < this.next
    if (late) this.#tally.reordered++
    else this.skipTo(n)
    if (!late) this.next = n + 1
    return !late
  }

  /** What has not come before `n` will not come any more. */
  skipTo(n: number): void {
    this.#tally.lost += Math.max(0, n - this.next)
    this.next = Math.max(n, this.next)
  }
}
