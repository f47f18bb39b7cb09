import type { Results, Setting } from '../results.ts'
import { summary, targetTable } from '../targets/table.ts'
import type { Verdict } from '../targets/verdict.ts'
import { tableOf } from './table.ts'

/** What every reader of figures has to know: where, when and how they were taken. */
export function conditions(setting: Setting): string {
  const { commit, date, machine, time, warm, repeats, load, cores, skipped } = setting
  const shared =
    load > cores
      ? `**The machine was shared**: its load went up to ${load.toFixed(1)} on ${cores} cores. Take no difference below a quarter for established, and times by the clock for nothing more than an order of magnitude.`
      : `The load of the machine, this benchmark included, was at most ${load.toFixed(1)} on ${cores} cores.`
  const hasty =
    warm < 0.5 ? ' **So short a run** measures much code that V8 has not optimized yet.' : ''
  return [
    `Commit ${commit}, ${date}; ${machine}.`,
    shared,
    `${repeats} ${repeats === 1 ? 'run' : 'runs'} of each server, each in a new process, one server after the other in turn; ${warm} s to warm up, then ${time} s measured.${hasty}`,
    ...skipped.map((line) => `Not run: ${line}.`),
  ]
    .map((line) => `- ${line}`)
    .join('\n')
}

/** `docs/performance.md`. */
export function pageOf({ setting, rows }: Results, verdicts: readonly Verdict[]): string {
  return `# Performance

Written by \`npm run bench -- --docs\`; see [CONTRIBUTING](../CONTRIBUTING.md#benchmarks). What happens as connections,
messages and audiences grow is in [No cliff](cliffs.md), what a second core brings in [Several cores](multi-core.md).

${conditions(setting)}
- Servers run from the published build with default options, all checks on; permessage-deflate is on where it is what is measured, and then for messages of every size.
- CPU is that of the server alone (of the client, where a client is measured), system time included, over what came back to a generator in another process. A burst is answered in full before the next one is sent.
- Medians, and quartiles. \`÷ ws\` is the ratio to \`ws\`, without native add-ons, in the same round: its median and quartiles. Less is better, but for handshakes.
- \`net\` sends bytes back without WebSocket. Of antiphon, \`handler\` answers in \`onMessage\`, \`session\` in a \`for await\` loop, \`filters\` has a handler behind \`idleTimeout\`, \`rateLimit\` and a counting filter, \`async\` an asynchronous consumer and listener, \`typed\` a lens for text or bytes, \`stacked\` the loop over a typed session behind those filters. \`public\` is the handler where Node's private ways of reading and writing a socket and driving zlib are not there.
- Virtual machines for Java have at least 4 s to warm up, and are far from done by then.

![Cost beside ws, by workload](performance.svg)
${targetsSection(verdicts)}
## Everything

${tableOf(rows)}
`
}

function targetsSection(verdicts: readonly Verdict[]): string {
  if (verdicts.length === 0) return ''
  return `
## Targets

What is wanted of the engine, as ratios of CPU in the same round; where more is better, of its inverse. A target is met when
the lower quartile of the pairs is: ${summary(verdicts)}.

${targetTable(verdicts)}
`
}
