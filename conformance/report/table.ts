import type { Row } from '../run.ts'

const WIDTHS = { id: 9, outcome: 16, title: 60 } as const

/** The line above the rows. */
export function headline(subjects: readonly string[]): string {
  return `${'case'.padEnd(WIDTHS.id)}${subjects.map((name) => name.padEnd(WIDTHS.outcome)).join('')}title`
}

/** One row as a line of text, and below it what was not as expected. */
export function tableLine(row: Row, subjects: readonly string[]): string {
  const outcomes = subjects.map((name) =>
    (row.results[name]?.outcome ?? '-').padEnd(WIDTHS.outcome),
  )
  const title =
    row.title.length > WIDTHS.title ? `${row.title.slice(0, WIDTHS.title)}...` : row.title
  const notes = subjects.flatMap((name) => {
    const result = row.results[name]
    return result === undefined || result.why === '' || result.outcome === 'INFORMATIONAL'
      ? []
      : [`\n${' '.repeat(WIDTHS.id)}${name}: ${result.why}`]
  })
  return `${row.id.padEnd(WIDTHS.id)}${outcomes.join('')}${title}${notes.join('')}`
}

/** How many rows had which outcome, by implementation. */
export function tally(rows: readonly Row[], subjects: readonly string[]): string {
  return subjects
    .map((name) => {
      const counts = new Map<string, number>()
      for (const { results } of rows) {
        const outcome = results[name]?.outcome
        if (outcome !== undefined) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
      }
      return `${name}: ${[...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ')}`
    })
    .join('\n')
}
