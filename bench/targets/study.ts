import { nameOf } from '../case.ts'
import { findSubjects } from '../find-subjects.ts'
import { fits } from '../plan.ts'
import type { Study } from '../study.ts'
import { BASELINE } from '../subjects.ts'
import { workloads } from '../workloads.ts'
import { summary, targetTable } from './table.ts'
import { allTargets, WITH_ADDON, WITHOUT_TARGET, wsToBeat } from './targets.ts'
import { verdictsOf } from './verdict.ts'

/** Whether the engine costs as little as it is to, run with as few subjects as tell. */
export const targets: Study = {
  plan({ workloads, narrowing, only }) {
    const ws = wsToBeat(findSubjects([WITH_ADDON], true).subjects)
    const chosen = allTargets(ws).filter(
      ({ measured, subject, against }) =>
        fits(measured, workloads, narrowing) &&
        (only.length === 0 ||
          only.some((name) => subject.startsWith(name) || against.startsWith(name))),
    )
    // The report shows everything beside the baseline, too.
    const names = [BASELINE, ...chosen.flatMap(({ subject, against }) => [subject, against])]
    const found = findSubjects([...new Set(names)], true)
    const shown = WITHOUT_TARGET.filter((measured) => fits(measured, workloads, narrowing))
    const all = [...chosen.map(({ measured }) => measured), ...shown]
    const cases = new Map(all.map((measured) => [nameOf(measured), measured]))
    const steps = [...cases].map(([name, measured]) => {
      const sought = chosen.filter((target) => nameOf(target.measured) === name)
      const named = sought.flatMap(({ subject, against }) => [subject, against])
      const needed = [BASELINE, ...(named.length > 0 ? named : ['antiphon-handler', ws, 'bun'])]
      return { measured, subjects: found.subjects.filter(({ name }) => needed.includes(name)) }
    })
    return { steps, found }
  },
  show({ rows }) {
    const verdicts = verdictsOf(rows)
    return `${targetTable(verdicts)}\n\n${summary(verdicts)}`
  },
  pages: workloads.pages,
  passed: ({ rows }) => verdictsOf(rows).every(({ met }) => met),
}
