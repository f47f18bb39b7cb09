import type { Sample } from './server.ts'
import type { Tally } from './tally.ts'

const MIB = 2 ** 20

/** A server process before any connection, early and late under load, and after the last connection. */
export interface Course {
  readonly idle: Sample
  readonly early: Sample
  readonly late: Sample
  readonly after: Sample
}

/** What one server process may grow by: a part of what it was, and a fixed amount, in bytes. */
const BOUNDS = {
  /** From early to late: as many connections as before need as much as before. */
  heap: { part: 0.1, fixed: 8 * MIB },
  rss: { part: 0.25, fixed: 64 * MIB },
  /** From idle to after: no connection, nothing kept for one. */
  left: { part: 0, fixed: 16 * MIB },
}

/** What must not be: a line each, and none when all is well. */
export function faultsOf(tally: Tally, faults: number, courses: readonly Course[]): string[] {
  const counts: readonly (readonly [number, string])[] = [
    [tally.failed, 'connections could not be opened'],
    [tally.dropped, 'connections ended unasked'],
    [tally.lost, 'messages were lost'],
    [tally.reordered, 'messages came out of order'],
    [tally.corrupted, 'messages had another content'],
    [faults, 'errors reached the hook of the server'],
  ]
  return [
    ...counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`),
    ...courses.flatMap(growth),
  ]
}

function growth({ idle, early, late, after }: Course): string[] {
  const faults = [
    grown('the heap under load', early.heap, late.heap, BOUNDS.heap),
    grown('resident memory under load', early.rss, late.rss, BOUNDS.rss),
    grown('the heap after the last connection', idle.heap, after.heap, BOUNDS.left),
  ].filter((fault) => fault !== undefined)
  if (after.handles > idle.handles) {
    faults.push(`${after.handles - idle.handles} handles are left over`)
  }
  if (after.sockets > 0) faults.push(`${after.sockets} sockets are left over`)
  return faults
}

function grown(
  what: string,
  from: number,
  to: number,
  { part, fixed }: { readonly part: number; readonly fixed: number },
): string | undefined {
  const bound = from * (1 + part) + fixed
  if (to <= bound) return undefined
  return `${what} grew from ${inMib(from)} to ${inMib(to)}, at most ${inMib(bound)} are allowed`
}

export function inMib(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`
}
