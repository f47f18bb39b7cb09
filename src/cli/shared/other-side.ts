import type { TrafficEntry } from '../../filters/traffic-entry.ts'

/** What one side recorded as the other would have: recordings are those of the server, whoever makes them. */
export function otherSide(entry: TrafficEntry): TrafficEntry {
  if (entry.kind !== 'message' && entry.kind !== 'close') return entry
  if (entry.direction === undefined) return entry
  return { ...entry, direction: entry.direction === 'in' ? 'out' : 'in' }
}
