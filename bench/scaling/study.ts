import { readFileSync } from 'node:fs'
import type { Case } from '../case.ts'
import { inWorkers } from '../on-node.ts'
import { echo, KIB, other } from '../plan.ts'
import type { Study } from '../study.ts'
import { withScaling } from './page.ts'
import { scalingTable } from './table.ts'

/**
 * The first one costs the server much and the generator little, so that two workers can be seen to do nearly twice as
 * much on two cores; in the second one the generator is as busy as a worker.
 */
const CASES: readonly Case[] = [other('deflate', 100, 1, KIB, false), echo(128, 100, 16, 'text')]

/** What a second worker brings. */
export const scaling: Study = {
  plan() {
    if (process.platform !== 'linux') {
      throw new TypeError(
        'scaling reads what several processes use from /proc, which only Linux has',
      )
    }
    const subjects = [1, 2].map(inWorkers)
    const steps = CASES.map((measured) => ({ measured, subjects }))
    return { steps, found: { subjects, skipped: [], versions: [] } }
  },
  show: ({ rows }) => scalingTable(rows),
  pages: (results) => ({
    'multi-core.md': withScaling(readFileSync('docs/multi-core.md', 'utf8'), results),
  }),
  passed: ({ rows }) => rows.every(({ figures }) => !figures.includes(null)),
}
