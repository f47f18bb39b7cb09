import { nameOf } from '../case.ts'
import { markdownTable } from '../report/markdown.ts'
import { ENOUGH, type Verdict } from './verdict.ts'

const HEAD = ['workload', 'server', 'beside', 'at most', 'lower quartile', 'median', 'met']

/** One Markdown table of all verdicts; a workload stands on the first of its lines. */
export function targetTable(verdicts: readonly Verdict[]): string {
  const lines = verdicts.map((verdict, i) => {
    const name = nameOf(verdict.measured)
    const before = verdicts[i - 1]
    const first = before === undefined || nameOf(before.measured) !== name
    const { subject, against, bound, ratio } = verdict
    return [
      first ? name : '',
      subject,
      against,
      bound.toFixed(2),
      ratio?.lower.toFixed(2) ?? '',
      ratio?.median.toFixed(2) ?? '',
      answer(verdict),
    ]
  })
  return markdownTable('lllrrrl', HEAD, lines)
}

/** In one sentence. */
export function summary(verdicts: readonly Verdict[]): string {
  const met = verdicts.filter((verdict) => verdict.met).length
  const few = verdicts.some(({ pairs }) => pairs < ENOUGH)
  const doubt = few ? `; a verdict takes ${ENOUGH} pairs, and some had fewer` : ''
  return `${met} of ${verdicts.length} targets met${doubt}`
}

function answer({ met, pairs }: Verdict): string {
  const word = met ? 'yes' : '**no**'
  return pairs < ENOUGH ? `${word}, by ${pairs} ${pairs === 1 ? 'pair' : 'pairs'}` : word
}
