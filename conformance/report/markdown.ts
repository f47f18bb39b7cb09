import type { Row } from '../run.ts'
import { DIFFERENCES, differenceOf } from './differences.ts'
import { SECTIONS, sectionOf } from './sections.ts'

/** The tables of `docs/conformance.md`. Throws when an implementation differs and nobody says why. */
export function documentTables(rows: readonly Row[], subjects: readonly string[]): string {
  return [
    `| section | cases | of the original | ${subjects.join(' | ')} |`,
    `|---|---|---|${'---|'.repeat(subjects.length)}`,
    ...Object.entries(SECTIONS).map(([section, title]) => {
      const own = rows.filter(({ id }) => sectionOf(id) === section)
      const original = own.filter((row) => !row.own).length
      const outcomes = subjects.map((name) => outcomesOf(own, name))
      return `| ${section} ${title} | ${own.length} | ${original} | ${outcomes.join(' | ')} |`
    }),
    '',
    '| cases | `ws` | antiphon |',
    '|---|---|---|',
    ...differenceLines(rows),
  ].join('\n')
}

function outcomesOf(rows: readonly Row[], subject: string): string {
  const counts = new Map<string, number>()
  for (const { results } of rows) {
    const outcome = results[subject]?.outcome
    if (outcome !== undefined) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  }
  const order = ['OK', 'INFORMATIONAL', 'NON-STRICT', 'FAILED']
  return order
    .filter((outcome) => counts.has(outcome))
    .map((outcome) => `${counts.get(outcome)} ${outcome}`)
    .join(', ')
}

function differenceLines(rows: readonly Row[]): string[] {
  const differing = rows.filter((row) => new Set(outcomesIn(row)).size > 1).map(({ id }) => id)
  const unexplained = differing.filter((id) => differenceOf(id) === undefined)
  if (unexplained.length > 0) {
    throw new Error(`nobody says why the outcomes differ: ${unexplained.join(', ')}`)
  }
  return DIFFERENCES.flatMap((difference) => {
    const ids = differing.filter((id) => difference.cases.test(id))
    return ids.length === 0 ? [] : [`| ${ids.join(', ')} | ${difference.ws} | ${difference.ours} |`]
  })
}

function outcomesIn({ results }: Row): string[] {
  return Object.values(results).map(({ outcome }) => outcome)
}
