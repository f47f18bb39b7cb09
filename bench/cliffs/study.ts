import { nameOf } from '../case.ts'
import { findSubjects } from '../find-subjects.ts'
import type { Results } from '../results.ts'
import type { Study } from '../study.ts'
import { WITH_ADDON, wsToBeat } from '../targets/targets.ts'
import { type Cliff, cliffs as cliffsWith } from './cliffs.ts'
import { cliffsPage, keepsBounds, type Measured, measuredOf, riseTable } from './page.ts'
import { plotOf } from './plot.ts'

/** Whether cost stays as counts and sizes grow. */
export const cliffs: Study = {
  plan() {
    const ws = wsToBeat(findSubjects([WITH_ADDON], true).subjects)
    const all = cliffsWith(ws)
    const found = findSubjects([...new Set(all.flatMap(({ subjects }) => subjects))], true)
    const steps = all.flatMap(({ lines, subjects }: Cliff) =>
      lines.flatMap(({ cases }) =>
        cases.map((measured) => ({
          measured,
          subjects: found.subjects.filter(({ name }) => subjects.includes(name)),
        })),
      ),
    )
    const distinct = new Map(steps.map((step) => [nameOf(step.measured), step]))
    return { steps: [...distinct.values()], found }
  },
  show: (results) => riseTable(measured(results)),
  pages(results) {
    const all = measured(results)
    const plots = all.map(({ cliff, curves }) => [`cliff-${cliff.name}.svg`, plotOf(cliff, curves)])
    return { 'cliffs.md': cliffsPage(results, all), ...Object.fromEntries(plots) }
  },
  passed: (results) => keepsBounds(measured(results)),
}

function measured({ rows }: Results): readonly Measured[] {
  const ws = wsToBeat(rows.map(({ subject }) => ({ name: subject })))
  return measuredOf(cliffsWith(ws), rows)
}
