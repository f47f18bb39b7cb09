import { findSubjects } from './find-subjects.ts'
import { casesOf } from './plan.ts'
import { chartOf } from './report/chart.ts'
import { pageOf } from './report/page.ts'
import { tableOf } from './report/table.ts'
import type { Study } from './study.ts'
import { verdictsOf } from './targets/verdict.ts'

/** What everything costs. */
export const workloads: Study = {
  plan({ workloads, narrowing, only }) {
    const found = findSubjects(only)
    const steps = casesOf(workloads, narrowing).map((measured) => ({
      measured,
      subjects: found.subjects,
    }))
    return { steps, found }
  },
  show: ({ rows }) => tableOf(rows),
  pages: (results) => ({
    'performance.md': pageOf(results, verdictsOf(results.rows)),
    'performance.svg': chartOf(results.rows),
  }),
  passed: ({ rows }) => rows.every(({ figures }) => !figures.includes(null)),
}
