/** Quartiles, by linear interpolation between the values around them. */
export interface Spread {
  readonly lower: number
  readonly median: number
  readonly upper: number
}

/** Throws a `RangeError` when there is no value. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError('a spread takes at least one value')
  const sorted = [...values].sort((a, b) => a - b)
  return { lower: at(sorted, 0.25), median: at(sorted, 0.5), upper: at(sorted, 0.75) }
}

function at(sorted: readonly number[], fraction: number): number {
  const position = (sorted.length - 1) * fraction
  const below = Math.floor(position)
  const low = sorted[below]!
  return low + (sorted[Math.ceil(position)]! - low) * (position - below)
}
